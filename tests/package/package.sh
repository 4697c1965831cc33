#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Uses voxstitch as a stranger would: package.sh installed|added|installed_io SOURCE WORK COMPILER
#   installed      installs the core where libtiff, zlib, ... are hidden, and finds it there
#   added          takes the sources as a subdirectory, again without those libraries
#   installed_io   installs, and finds the component io as well
#   added_io       takes the sources as a subdirectory with voxstitch::io
set -eu
way=$1 source=$2 work=$3 compiler=$4
consumer=$source/tests/package/consumer

rm -rf -- "$work"
mkdir -p -- "$work"
export CMAKE_GENERATOR=Ninja

hidden=()
if [ "${way%_io}" = "$way" ]; then
  for package in TIFF ZLIB nlohmann_json; do
    hidden+=("-DCMAKE_DISABLE_FIND_PACKAGE_$package=ON")
  done
fi

install_library() {
  cmake -S "$source" -B "$work/library" "-DCMAKE_CXX_COMPILER=$compiler" "${hidden[@]}" \
    -DVOXSTITCH_BUILD_APPS=OFF -DVOXSTITCH_BUILD_TESTS=OFF "-DCMAKE_INSTALL_PREFIX=$work/prefix"
  cmake --install "$work/library" >"$work/install.log"
  mv -- "$work/prefix" "$work/moved"  # a package works wherever it is put
}

build_and_run() {
  cmake -S "$consumer" -B "$work/consumer" "-DCMAKE_CXX_COMPILER=$compiler" "${hidden[@]}" "$@"
  cmake --build "$work/consumer"
  ctest --test-dir "$work/consumer" --output-on-failure --no-tests=error
}

case $way in
  installed) install_library && build_and_run "-DCMAKE_PREFIX_PATH=$work/moved" ;;
  installed_io) install_library && build_and_run "-DCMAKE_PREFIX_PATH=$work/moved" -DCONSUMER_IO=ON ;;
  added) build_and_run "-DVOXSTITCH_SOURCE=$source" ;;
  added_io) build_and_run "-DVOXSTITCH_SOURCE=$source" -DCONSUMER_IO=ON -DVOXSTITCH_WITH_IO=ON ;;
  *) echo "package.sh: unknown way '$way'" >&2 && exit 2 ;;
esac
