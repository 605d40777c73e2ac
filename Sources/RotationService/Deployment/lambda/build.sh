#!/usr/bin/env bash
# Packs the command as a function of AWS Lambda for the runtime provided.al2023: the executable as
# 'bootstrap', and in lib the libraries that it was built with. Fails where anything in it needs
# a newer C library than Amazon Linux 2023 has.
#
#   build.sh [PACKAGE.zip]
set -euo pipefail

if [ "$(uname -m)" != x86_64 ]; then
  echo "the template is for x86_64, and this is $(uname -m)" >&2
  exit 1
fi
newest=2.34
package=$(realpath -m "${1:-momento-key-rotation.zip}")
cd "$(dirname "$0")/../../../.."

# The library of C++ is linked in: that of the building machine may be newer than the runtime's. Where
# the linker looks first, there is only the static one.
mkdir -p .build/static/lambda
ln -sf "$(cc -print-file-name=libstdc++.a)" .build/static/lambda/libstdc++.a
build=(swift build -c release --product momento-auth --static-swift-stdlib
  -Xlinker "-L$PWD/.build/static/lambda" --scratch-path .build/static
  # Its own libraries before those of the runtime, which stand in LD_LIBRARY_PATH.
  -Xlinker -rpath -Xlinker "\$ORIGIN/lib" -Xlinker --disable-new-dtags)
"${build[@]}"
executable=$("${build[@]}" --show-bin-path)/momento-auth

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/lib"
install -m 755 "$executable" "$work/bootstrap"
strip "$work/bootstrap"

# All that it loads, but for the C library and the compiler's, which have to be those of the runtime:
# they belong together, and the C library brings the other.
libraries=$(ldd "$work/bootstrap")
if grep -q 'not found' <<<"$libraries"; then
  printf '%s\n' "$libraries" >&2
  exit 1
fi
while read -r name _ path _; do
  case $name in
    libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | librt.so.* | libresolv.so.* | \
      libutil.so.* | libanl.so.* | libgcc_s.so.* | linux-vdso.so.* | */ld-linux-*) ;;
    *)
      install -m 644 "$path" "$work/lib/$name"
      strip --strip-unneeded "$work/lib/$name"
      ;;
  esac
done <<<"$libraries"

for file in "$work/bootstrap" "$work"/lib/*; do
  # A library may need no version at all.
  needed=$(objdump -T "$file" | grep -o 'GLIBC_2\.[0-9]*' | sort -uV | tail -1 || true)
  latest=$(printf '%s\n' "$needed" "GLIBC_$newest" | sort -V | tail -1)
  if [ "$latest" != "GLIBC_$newest" ]; then
    echo "$(basename "$file") needs $needed; Amazon Linux 2023 has GLIBC_$newest" >&2
    exit 1
  fi
done

rm -f "$package"
# Always the same bytes for the same files.
find "$work" -exec touch -d @315532800 {} +
(cd "$work" && find bootstrap lib -type f | LC_ALL=C sort | TZ=UTC zip -q -X -9 "$package" -@)
echo "$package: $(du -k "$package" | cut -f1) KB, for GLIBC_$newest and later"
