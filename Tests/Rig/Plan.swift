/// Which servers a deployment has, and how Martlet is told about them.
package struct Plan: Sendable {
    package enum Home: Sendable { case prosody, ejabberd }

    /// An IRC network, under the name by which addresses call it.
    package enum Network: String, Sendable, CaseIterable { case ngircd, inspircd }

    /// How Martlet reaches the IRC servers, whose certificates sign themselves.
    package enum TLS: Sendable { case off, trusted, untrusted }

    package var home = Home.prosody
    package var domain = "example.org"
    package var networks: [Network]
    package var hasPhones: Bool
    package var tls = TLS.off

    package init(networks: [Network] = [], hasPhones: Bool = false) {
        self.networks = networks
        self.hasPhones = hasPhones
    }

    var gateways: [String] { (networks.isEmpty ? [] : ["irc"]) + (hasPhones ? ["sms"] : []) }
}
