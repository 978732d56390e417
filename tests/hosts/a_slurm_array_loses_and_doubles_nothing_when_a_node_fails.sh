#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# The job array of examples/cluster on a Slurm of one node: the node dies in the middle of a part, Slurm requeues the part,
# and the merged result has every case of the experiment once, with nothing lost or doubled.
# shellcheck source=tests/cli/cli.bash
source "$(dirname "$0")/../cli/cli.bash"
PATH=$PATH:/usr/sbin
for tool in munged slurmctld slurmd sbatch scontrol jq; do
  command -v $tool >/dev/null || { echo "$tool is not installed"; exit 77; }
done
[[ $EUID -eq 0 ]] || { echo 'slurmd starts jobs as root only'; exit 77; }

# The paths of sockets are short, and the folder's is not.
cluster=$(mktemp -d /tmp/crossheap-slurm-XXXXXX)
export SLURM_CONF=$cluster/slurm.conf
stop() {
  local pid
  for pid in slurmctld slurmd munge; do [[ ! -s $cluster/$pid.pid ]] || kill -9 "$(<"$cluster/$pid.pid")" 2>/dev/null; done
  rm -rf "$cluster"
}
trap stop EXIT
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

(umask 077 && head -c 1024 /dev/urandom >"$cluster/key")
mkdir "$cluster/state" "$cluster/spool"
cat >"$SLURM_CONF" <<CONF
ClusterName=crossheap
SlurmctldHost=localhost
SlurmUser=root
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
AuthType=auth/munge
AuthInfo=socket=$cluster/munge.sock,cred_expire=5
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
MpiDefault=none
SchedulerParameters=sched_interval=1,batch_sched_delay=0
NodeName=node NodeHostname=$(hostname) NodeAddr=127.0.0.1 CPUs=1 State=UNKNOWN
PartitionName=all Nodes=node Default=YES MaxTime=INFINITE State=UP
CONF
munged --force --key-file="$cluster/key" --socket="$cluster/munge.sock" --pid-file="$cluster/munge.pid" \
  --log-file="$cluster/munge.log" --seed-file="$cluster/munge.seed" || exit 1
slurmctld -c || exit 1
slurmd -N node || { cat "$cluster/slurmd.log"; exit 1; }

# crossheap as the cluster has it. The first attempt at part 2 stops at the worst moment: all is measured and written, and
# the file is about to be put in its place.
cat >stopping.c <<'C'
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int rename(const char *from, const char *to) {
  (void)from, (void)to;
  const int fd = open(getenv("TOLD"), O_WRONLY);
  const char *const job = getenv("SLURM_JOB_ID");
  write(fd, job, strlen(job));
  write(fd, "\n", 1);
  for (;;) pause();
}
C
cc -w -shared -fPIC -o libstopping.so stopping.c || exit 1
export CROSSHEAP_CLUSTER=$SOURCE/examples/cluster REAL=$CROSSHEAP TOLD=$PWD/told FOLDER=$PWD/parts STOPPING=$PWD/libstopping.so
mkfifo told merged
cat >crossheap <<'WRAPPER'
#!/bin/bash
echo "${SLURM_ARRAY_TASK_ID-merge} attempt ${SLURM_RESTART_COUNT-0}" >>"$FOLDER.attempts"
if [[ " $* " == *' --shard 2/3 '* && ${SLURM_RESTART_COUNT-0} == 0 ]]; then export LD_PRELOAD=$STOPPING; fi
exec "$REAL" "$@"
WRAPPER
chmod +x crossheap
export CROSSHEAP=$PWD/crossheap
some=(matrix --host system --host jemalloc --plugin system --mode local --mode deepbind --contract bcd)
job=$(sbatch --parsable --array=1-3 -o "$PWD/%a.log" "$CROSSHEAP_CLUSTER/slurm_array.sh" "$FOLDER" "${some[@]}") || exit 1
sbatch --dependency=afterok:"$job" -o "$PWD/merge.log" --wrap \
  "'$CROSSHEAP_CLUSTER/slurm_merge.sh' '$FOLDER'; echo \$? >'$PWD/merged'" >/dev/null || exit 1

running=
read -r -t 200 running <>told || { echo 'part 2 did not begin'; cat ./*.log "$cluster"/*.log | tail -n 40; exit 1; }
# The node fails: its daemon and everything that runs on it are gone at once.
[[ ! -e $FOLDER/part-2.json ]] || { echo 'a part stands there before it is whole'; exit 1; }
scontrol show job "$running" | grep -q 'Requeue=1' || { echo 'the array is not requeued'; exit 1; }
mapfile -t victims < <(pgrep -f "$cluster/spool|slurmstepd: \[$running|$FOLDER")
for victim in "$(<"$cluster/slurmd.pid")" $(pgrep -f "slurmstepd: \[$running") "${victims[@]}"; do
  [[ $victim == "$$" ]] || kill -9 "$victim" 2>/dev/null
done
rm -f "$cluster/slurmd.pid"
scontrol update NodeName=node State=DOWN Reason='the test killed it' || exit 1
slurmd -N node || exit 1
scontrol update NodeName=node State=RESUME 2>/dev/null # it may have come back by itself

read -r -t 300 status <>merged || { echo 'the array was not merged'; squeue; cat ./*.log; tail -n 40 "$cluster"/*.log; exit 1; }
[[ $status -eq 0 ]] || { echo "the merge ended with $status"; cat ./*.log; exit 1; }
sort "$FOLDER.attempts" | diff - <(printf '%s attempt %s\n' 1 0 2 0 2 1 3 0 merge 0) || { echo 'a part ran another number of times'; exit 1; }
cases() { grep -o '^{"host":.*"contract"' "$1" | sort; }
CROSSHEAP=$REAL run 0 "${some[@]}" --format json -o whole.json
[[ $(cases whole.json | wc -l) -gt 50 ]] || { echo 'the whole has too few cases'; exit 1; }
diff <(cases whole.json) <(cases "$FOLDER/whole.json") || { echo 'cases were lost or doubled'; exit 1; }
