{{/* The labels of one app's objects; called with (dict "root" $ "app" name). */}}
{{- define "tandem.labels" -}}
{{ include "tandem.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* What selects one app's pods. */}}
{{- define "tandem.selector" -}}
app.kubernetes.io/name: {{ .app }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/part-of: tandem
{{- end }}

{{/* The annotations by which Dapr injects and sets up the sidecar. */}}
{{- define "tandem.daprAnnotations" -}}
dapr.io/enabled: "true"
dapr.io/app-id: {{ .app | quote }}
{{- /* One port and one protocol an app: HTTP, and on the same port the gRPC that the sidecar proxies (docs/grpc.md). */}}
dapr.io/app-port: {{ .service.port | quote }}
dapr.io/app-protocol: http
dapr.io/enable-app-health-check: "true"
dapr.io/app-health-check-path: /health/ready
dapr.io/app-health-probe-interval: {{ .root.Values.dapr.healthProbeInterval | quote }}
dapr.io/log-as-json: "true"
dapr.io/log-level: {{ .root.Values.defaults.logLevel | quote }}
dapr.io/sidecar-cpu-request: {{ .root.Values.defaults.sidecar.cpuRequest | quote }}
dapr.io/sidecar-memory-request: {{ .root.Values.defaults.sidecar.memoryRequest | quote }}
dapr.io/sidecar-memory-limit: {{ .root.Values.defaults.sidecar.memoryLimit | quote }}
{{- with .root.Values.dapr.config }}
dapr.io/config: {{ . | quote }}
{{- end }}
dapr.io/api-token-secret: {{ include "tandem.apiTokenSecret" . | quote }}
dapr.io/app-token-secret: {{ include "tandem.appTokenSecret" . | quote }}
{{- end }}

{{/* The Secrets of the tokens between an app and its sidecar. */}}
{{- define "tandem.appTokenSecret" -}}
{{ .root.Values.dapr.appTokenSecret | default (printf "%s-app-token" .app) }}
{{- end }}
{{- define "tandem.apiTokenSecret" -}}
{{ .root.Values.dapr.apiTokenSecret | default (printf "%s-api-token" .app) }}
{{- end }}
