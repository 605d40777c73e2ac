#!/usr/bin/env bash
# Packs the command as a Lambda function for provided.al2023: the executable as 'bootstrap', and beside
# it the libraries that the runtime does not have. Fails where anything in it needs a newer C library
# than Amazon Linux 2023 has.
#
#   build.sh [PACKAGE.zip]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../../.." && pwd)
package=$(realpath -m "${1:-momento-key-rotation.zip}")
newest=2.34

cd "$root"
swift build -c release --product momento-auth --static-swift-stdlib --scratch-path .build/static
executable=$(swift build -c release --static-swift-stdlib --scratch-path .build/static \
  --show-bin-path)/momento-auth

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/lib"
install "$executable" "$work/bootstrap"
strip "$work/bootstrap"

# All that it loads but the C library itself, which the runtime has.
ldd "$work/bootstrap" | awk '$2 == "=>" { print $3 }' | while read -r library; do
  case $(basename "$library") in
    libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | librt.so.* | libresolv.so.* | ld-linux*) ;;
    *) install -m 644 "$library" "$work/lib/" ;;
  esac
done

for file in "$work/bootstrap" "$work"/lib/*; do
  needs=$(objdump -T "$file" | grep -o 'GLIBC_2\.[0-9]*' | sort -uV | tail -1)
  if [ -n "$needs" ] && [ "$(printf 'GLIBC_%s\n%s\n' "$newest" "$needs" | sort -V | tail -1)" != "GLIBC_$newest" ]; then
    echo "$(basename "$file") needs $needs, and Amazon Linux 2023 has GLIBC_$newest" >&2
    exit 1
  fi
done

rm -f "$package"
(cd "$work" && zip -q -X -r "$package" bootstrap lib)
echo "$package: $(du -k "$package" | cut -f1) KB, needs no C library newer than $newest"
