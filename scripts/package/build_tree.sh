#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# build_tree.sh ARCH WORK VERSION [PLACE]: builds for ARCH with the libraries in WORK/sysroot and puts the
# package's folder together in WORK/tree/dbus-mqtt-battery. Run by scripts/package.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source_dir=$(cd "$here/../.." && pwd)
# shellcheck source=scripts/package/arch.sh
. "$here/arch.sh"
# shellcheck source=scripts/package/stamp.sh
. "$here/stamp.sh"

[ $# = 3 ] || [ $# = 4 ] || { echo "usage: build_tree.sh ARCH WORK VERSION [PLACE]" >&2; exit 2; }
readonly arch=$1 work=$2 version=$3 place=${4:-}
arch_facts "$arch"
readonly sysroot=$work/sysroot/root tree=$work/tree/dbus-mqtt-battery

# Files that go in as they are; the scripts are executable.
readonly scripts=(install.sh uninstall.sh restart.sh download.sh service/change_over.sh
  service/start_line.sh service/take_over.sh service/run service/log/run)
readonly documents=(config.sample.ini README.md CHANGELOG.md LICENSE)
# Beside the program, and not in presets/ itself: that is the owner's, next to his config.
readonly presets=share/presets

compile() {
  rm -rf "$work/build"
  cmake -S "$source_dir" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_CXX_FLAGS_RELEASE="-Os -DNDEBUG" -DDMB_BUILD_TESTS=OFF \
    -DCMAKE_TOOLCHAIN_FILE="$source_dir/cmake/toolchains/$arch.cmake" \
    -DDMB_VERSION="$version" -DDMB_SYSROOT="$sysroot" -DDMB_PACKAGE_LOADER="lib/$loader" &&
    cmake --build "$work/build" --target dbus-mqtt-battery
}

compile_quietly() {
  compile >"$work/build.log" 2>&1 </dev/null && return
  tail -n 40 "$work/build.log" >&2
  echo "build_tree.sh: the build for $arch failed; everything it said: $work/build.log" >&2
  return 1
}

copy_files() {
  local file
  for file in "${scripts[@]}" "${documents[@]}"; do
    if [ ! -f "$source_dir/$file" ]; then
      echo "build_tree.sh: $file is missing in $source_dir; the package needs it" >&2
      return 1
    fi
    install -D -m 644 "$source_dir/$file" "$tree/$file"
  done
  (cd "$tree" && chmod 755 "${scripts[@]}")
  stamp "$tree/download.sh" "$place"
  stamp "$tree/README.md" "$place"
  mkdir -p "$tree/$presets"
  install -m 644 "$source_dir"/presets/*.ini "$tree/$presets/"
  install -m 755 "$here/launcher.sh" "$tree/dbus-mqtt-battery"
  echo "$version" >"$tree/VERSION"
  echo "$arch" >"$tree/ARCH"
}

copy_program() {
  mkdir -p "$tree/bin"
  "$triple-strip" -o "$tree/bin/dbus-mqtt-battery" "$work/build/src/dbus-mqtt-battery"
  chmod 755 "$tree/bin/dbus-mqtt-battery"
  "$here/bundle_libs.sh" "$sysroot" "$triple" "$tree/bin/dbus-mqtt-battery" "$tree/lib"
}

rm -rf "$work/tree"
mkdir -p "$tree"
copy_files
compile_quietly
copy_program
"$here/licences.sh" "$work/sysroot" "$tree"
"$here/sbom.py" "$work/sysroot" "$tree" "$version" "$arch"
