-- Prosody's side of Martlet: one component for each gateway in martlet.yaml.
--
-- Copy this file to /etc/prosody/conf.d/martlet.cfg.lua, put your domain in the first line and a secret for each
-- gateway into a file that both Prosody and Martlet can read:
--     openssl rand -hex 32 | install -m 0640 -g prosody /dev/stdin /etc/martlet/irc.secret
-- then: prosodyctl check config && systemctl restart prosody

local domain = ENV_MARTLET_DOMAIN or "example.org"
local secrets = ENV_MARTLET_SECRETS or "/etc/martlet"

local function secret(gateway)
    local file = io.open(secrets .. "/" .. gateway .. ".secret")
    return file and file:read("*l")
end

-- Prosody takes components on 127.0.0.1:5347 unless component_interfaces and component_ports in the main file say
-- otherwise; `server` of each gateway in martlet.yaml must name the same address. Without
--     network_settings = { nagle = false }
-- in the main file, Prosody holds small stanzas back for up to 40 ms.

-- The name must be a key under `gateways` in martlet.yaml; the secret must be the one of its `secret`.
Component ("irc." .. domain)
    component_secret = secret("irc")

Component ("sms." .. domain)
    component_secret = secret("sms")
