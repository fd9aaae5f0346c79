# Ends a run's processes when its host is gone, however it went. The host holds the only other end of standard input:
# it announces the process groups of its apps, and its death is the end of the file.
# $1: the run's id, which every process of the run carries in its environment as TANDEM_RUN_ID.
trap '' INT TERM HUP QUIT TSTP PIPE
run=$1
groups=' '
while read -r verb group; do
  case $verb in
    add) groups="$groups$group " ;;
    remove)
      case $groups in
        *" $group "*) groups="${groups%% "$group" *} ${groups#* "$group" }" ;;
      esac
      ;;
  esac
done

for group in $groups; do
  kill -9 -- "-$group" 2>/dev/null
done

# What left its group still carries the mark. A process may fork while it is looked for: look until none is found.
marked() {
  if [ -r /proc/self/environ ]; then
    grep -l "TANDEM_RUN_ID=$run" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ pid _; do
      echo "$pid"
    done
  else
    ps axeww -o pid= -o command= 2>/dev/null | while read -r pid command; do
      case $command in
        *"TANDEM_RUN_ID=$run"*) echo "$pid" ;;
      esac
    done
  fi
}

rounds=0
while [ "$rounds" -lt 50 ]; do
  found=$(marked)
  [ -n "$found" ] || exit 0
  for pid in $found; do
    kill -9 "$pid" 2>/dev/null
  done
  rounds=$((rounds + 1))
done
