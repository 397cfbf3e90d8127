#!/usr/bin/env bash
# Install the Debian packages of debian-packages.txt that are missing, and only those.
set -euo pipefail
cd "$(dirname "$0")"

missing=()
while read -r package; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null |
        grep -qx installed || missing+=("$package")
done <debian-packages.txt
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ]; then
    root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    root=(sudo)
else
    echo "stringout: these Debian packages are missing and installing them needs root:" >&2
    echo "  sudo apt-get install ${missing[*]}" >&2
    exit 1
fi
echo "stringout: installing Debian packages: ${missing[*]}"
"${root[@]}" apt-get update -qq
# Redis, RabbitMQ and PostgreSQL are started by the tests, on ports of their own: the system's
# are neither started by their installation (policy-rc.d) nor at the next boot.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap '"${root[@]}" rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null
    "${root[@]}" chmod 755 "$policy"
fi
DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
servers=()
for package in "${missing[@]}"; do
    case $package in
        redis-server | rabbitmq-server) servers+=("$package") ;;
        postgresql-15) servers+=(postgresql) ;;
    esac
done
if [ ${#servers[@]} -gt 0 ] && [ -d /run/systemd/system ]; then
    "${root[@]}" systemctl --quiet disable "${servers[@]}"
fi
