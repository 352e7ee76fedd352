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
    /// Proxies stand between Martlet and everybody else, to do harm (`Deployment.faults`).
    package var hasFaults = false
    /// Martlet's time of day can be moved (`Deployment.clock`).
    package var hasMovableClock = false
    /// The registry is on a disk of its own of that many megabytes (`Deployment.disk`).
    package var disk: Int?
    /// Martlet's name server answers nothing, and users may name IRC servers of their own.
    package var hasDeadNameServer = false
    /// Users may write to IRC as fast as they like.
    package var isFloodAllowed = false
    /// Martlet logs as it does for an operator, not for somebody who looks for a fault.
    package var isLogQuiet = false

    package init(networks: [Network] = [], hasPhones: Bool = false) {
        self.networks = networks
        self.hasPhones = hasPhones
    }

    var gateways: [String] { (networks.isEmpty ? [] : ["irc"]) + (hasPhones ? ["sms"] : []) }
}
