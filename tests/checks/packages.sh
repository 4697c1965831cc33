# SPDX-License-Identifier: BSL-1.0
# shellcheck shell=bash
# What a fresh Debian 12 lacks; sourced by tests/run.sh, apps/demo.sh and
# benchmarks/run.sh, which call install_packages.

packages=(
  g++ cmake ninja-build                            # to build
  libboost-dev libboost-program-options-dev libtbb-dev
  libhdf5-dev libtiff-dev zlib1g-dev libdeflate-dev nlohmann-json3-dev libvigraimpex-dev
)
benchmark_packages=(libbenchmark-dev python3-minimal)
fuzz_packages=(clang libclang-rt-dev llvm)  # libFuzzer is in the second
test_packages=(
  catch2 python3-minimal python3-numpy python3-h5py python3-scipy hdf5-tools libtiff-tools time
)
browser_packages=(chromium python3-websocket)  # to look at the pages of reports; 414 MB

# The packages among the arguments that are not installed, one per line.
missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif [ -t 0 ]; then
    sudo "$@"
  else
    sudo -n "$@"  # nobody is there to type a password
  fi
}

# Installs those of the arguments that are missing; asks for nothing, and needs no network if none is.
install_packages() {
  local missing
  if ! command -v dpkg-query >/dev/null; then
    echo "This is no Debian: please see to it that these are there: $*" >&2
    return 0
  fi
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  echo "Installing ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "${missing[@]}" \
      </dev/null
}

# configure PRESET, then build TARGET... (all, if none is named) on all cores; uses ccache if it is there.
configure_and_build() {
  local preset=$1
  shift
  if command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache
  fi
  cmake --preset "$preset" && cmake --build --preset "$preset" --parallel "$(nproc)" ${1:+--target "$@"}
}
