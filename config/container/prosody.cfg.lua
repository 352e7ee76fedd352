-- Prosody's configuration in compose.yaml. The folder of its data is a volume; it has no certificate of its own, so give
-- it one (https://prosody.im/doc/certificates) before others than you use it.
pidfile = "/run/prosody/prosody.pid"
log = { info = "*console" }
modules_enabled = { "roster", "saslauth", "tls", "disco", "private", "vcard4", "vcard_legacy", "pep", "blocklist", "carbons",
    "ping", "time", "version", "posix" }
modules_disabled = { "s2s" }
authentication = "internal_hashed"
network_settings = { nagle = false }
-- Only containers of the same network reach this port.
component_interfaces = { "*" }
component_ports = { 5347 }
VirtualHost "example.org"
Component "irc.example.org"
    component_secret = ENV_MARTLET_SECRET
