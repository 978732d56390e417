#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A crossheap command as a Slurm job array: a task is a part.
#
#   job=$(sbatch --parsable --array=1-16 slurm_array.sh FOLDER matrix)
#   sbatch --dependency=afterok:"$job" slurm_merge.sh FOLDER
#
# FOLDER is on a file system that all nodes share. When a node fails, Slurm puts its task back into the queue; the task
# begins anew and leaves the same file.
#SBATCH --job-name=crossheap
#SBATCH --requeue
#SBATCH --cpus-per-task=1
#SBATCH --output=crossheap-%A-%a.log
#SBATCH --open-mode=append
set -eu
folder=${1:?usage: sbatch --array=1-N slurm_array.sh FOLDER VERB [OPTION...]}
shift
# sbatch runs a copy of this file, so the other script is looked for where the job was submitted, or in CROSSHEAP_CLUSTER.
exec "${CROSSHEAP_CLUSTER:-$SLURM_SUBMIT_DIR}/one_shard.sh" "$SLURM_ARRAY_TASK_ID" "$SLURM_ARRAY_TASK_COUNT" "$folder" "$@"
