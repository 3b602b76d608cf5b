# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Shared by the scripts that run what a page shows. They read it with `.`.

# block PAGE TAG PATTERN: the page's first block with this tag and a line that matches.
block() {
  awk -v tag="$2" -v pattern="$3" '
    /^```$/ { if (found) { printf "%s", text; exit } inside = 0; next }
    $0 == "```" tag { inside = 1; text = ""; found = 0; next }
    inside { text = text $0 "\n"; if ($0 ~ pattern) found = 1 }' "$1"
}
