import { expect, test } from "vitest";
import { mirrorIn } from "./mirror.ts";

test.each([
  [
    "deb http://ftp.de.debian.org/debian/ bookworm main contrib\n",
    "http://ftp.de.debian.org/debian",
  ],
  ["deb http://deb.debian.org/debian bookworm-updates main", "http://deb.debian.org/debian"],
  [
    "deb [signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/debian bookworm stable\n" +
      "deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://cache:3142/debian trixie main",
    "http://cache:3142/debian",
  ],
  [
    "# ours\nTypes: deb deb-src\nURIs: https://download.docker.com/linux/debian\nSuites: bookworm\nComponents: stable\n" +
      "Signed-By: /etc/apt/keyrings/docker.asc\n\nTypes: deb\nURIs: http://mirror.example/debian/\n" +
      "Suites: bookworm bookworm-updates\nComponents: main\n" +
      "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n",
    "http://mirror.example/debian",
  ],
])("of %j it is %s", (text, found) => {
  expect(mirrorIn(text, "bookworm")).toBe(found);
});

test.each([
  "",
  "# deb http://deb.debian.org/debian bookworm main",
  "deb-src http://deb.debian.org/debian bookworm main",
  "deb https://dl.yarnpkg.com/debian stable main",
  "deb [signed-by=/etc/apt/keyrings/else.gpg] https://vendor.example/debian bookworm main",
  "deb https://download.docker.com/linux/debian bookworm stable",
  "deb http://security.debian.org/debian-security bookworm-security main",
  "deb cdrom:[Debian]/debian bookworm main",
  "Types: deb\nURIs: http://deb.debian.org/debian\nSuites: bookworm\nComponents: main\nEnabled: no\n",
  "deb http://archive.ubuntu.com/ubuntu noble main",
])("in %j there is none", (text) => {
  expect(mirrorIn(text, "bookworm")).toBeUndefined();
});
