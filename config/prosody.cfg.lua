-- Prosody's settings for Martlet: one component for each gateway in martlet.yaml.
--
-- 1. Copy this file to /etc/prosody/conf.d/martlet.cfg.lua, and put your domain in the first line below.
-- 2. Write a secret for each gateway to a file that both Prosody and Martlet can read:
--        openssl rand -hex 32 | install -m 0640 -g prosody /dev/stdin /etc/martlet/irc.secret
-- 3. Run: prosodyctl check config && systemctl restart prosody

local domain = ENV_MARTLET_DOMAIN or "example.org"
local secrets = ENV_MARTLET_SECRETS or "/etc/martlet"

local function secret(gateway)
    local file = io.open(secrets .. "/" .. gateway .. ".secret")
    return file and file:read("*l")
end

-- Prosody accepts components on 127.0.0.1:5347, unless component_interfaces and component_ports in the main file name
-- another address. `server` of each gateway in martlet.yaml must name the same address. Without
--     network_settings = { nagle = false }
-- in the main file, Prosody delays small stanzas by up to 40 ms.

-- The component's name must be a key under `gateways` in martlet.yaml. Its secret must be that gateway's `secret`.
Component ("irc." .. domain)
    component_secret = secret("irc")

Component ("sms." .. domain)
    component_secret = secret("sms")
