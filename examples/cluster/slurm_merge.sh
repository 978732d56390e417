#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# slurm_merge.sh FOLDER: puts the parts of slurm_array.sh together, as FOLDER/whole.json and FOLDER/whole.txt.
#SBATCH --job-name=crossheap-merge
#SBATCH --requeue
#SBATCH --output=crossheap-%j.log
set -eu
folder=${1:?usage: sbatch --dependency=afterok:JOB slurm_merge.sh FOLDER}
status=0
"${CROSSHEAP:-crossheap}" merge "$folder"/part-*.json -o "$folder/whole.json" -o "$folder/whole.txt" || status=$?
[ "$status" -le 1 ]
