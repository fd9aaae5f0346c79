# One image for each C# service:
#   docker build -f deploy/images/service.Dockerfile --build-arg SERVICE=product -t ghcr.io/tandem-shop/product .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG SERVICE
WORKDIR /src
COPY . .
RUN dotnet publish services/${SERVICE}/*.csproj -c Release -o /app \
 && printf '#!/bin/sh\nexec dotnet /app/%s.dll "$@"\n' "${SERVICE}" > /app/start && chmod 0555 /app/start

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /app /app
# The image's own unprivileged user; the chart runs with the same id and a read-only root.
USER 1654
WORKDIR /tmp
ENTRYPOINT ["/app/start"]
