-- Prosody's settings for Martlet: one component for each gateway in martlet.yaml.
--
-- `martlet init` writes a shorter file with the components alone. This one adds privileges.
--
-- 1. Copy this file to /etc/prosody/conf.d/martlet.cfg.lua, and put your domain into the line `local domain` below. It
--    needs the package prosody-modules, for mod_privilege.
-- 2. Prosody cannot read /etc/martlet. Give it a copy of each gateway's secret, and write the folder of the copies into
--    the line `local secrets`:
--        install -d -m 0750 -g prosody /etc/prosody/martlet
--        install -m 0640 -g prosody /etc/martlet/irc.secret /etc/prosody/martlet/irc.secret
-- 3. Run: prosodyctl check config && systemctl restart prosody

local domain = ENV_MARTLET_DOMAIN or "example.org"
local secrets = ENV_MARTLET_SECRETS or "/etc/prosody/martlet"

local function secret(gateway)
    local file = io.open(secrets .. "/" .. gateway .. ".secret")
    return file and file:read("*l")
end

-- Prosody accepts components on 127.0.0.1:5347, unless component_interfaces and component_ports in the main file name
-- another address. `server` of each gateway in martlet.yaml must name the same address. Without
--     network_settings = { nagle = false }
-- in the main file, Prosody delays small stanzas by up to 40 ms.

-- Privileges (XEP-0356). With them, users need not confirm each contact, and see the messages that they send by other
-- IRC clients. Leave them out if the gateways are run by somebody whom you would not trust with the server. Each
-- component below also needs mod_privilege.
--     roster   the gateway adds itself to the contacts of users who register, and removes what it has added
--     message  the gateway shows users the messages that they have sent with other IRC clients
--     iq       the gateway bookmarks rooms, if `bookmarks: true` stands in martlet.yaml
local privileges = {
    roster = "both";
    message = "outgoing";
    -- Only for `bookmarks: true`. It lets the gateways change everything that users publish, including avatars
    -- and keys.
    -- iq = { ["http://jabber.org/protocol/pubsub"] = "both" };
}

-- If this host has modules of its own in the main file, add "privilege" there, and leave modules_enabled out here.
VirtualHost(domain)
    modules_enabled = { "privilege" }
    privileged_entities = { ["irc." .. domain] = privileges, ["sms." .. domain] = privileges }

-- The component's name must be a key under `gateways` in martlet.yaml. Its secret must be that gateway's `secret`.
Component ("irc." .. domain)
    component_secret = secret("irc")
    modules_enabled = { "privilege" }

Component ("sms." .. domain)
    component_secret = secret("sms")
    modules_enabled = { "privilege" }
