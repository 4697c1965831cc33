#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Runs a command in an empty folder, which is made anew: in_fresh_folder.sh FOLDER COMMAND...
set -eu
folder=$1
shift
rm -rf -- "$folder"
mkdir -p -- "$folder"
cd -- "$folder"
exec "$@"
