/// The servers of a deployment, and the settings of Martlet for them.
package struct Plan: Sendable {
    package enum Home: Sendable { case prosody, ejabberd }

    /// An IRC network; the raw value is its name in addresses. No name begins with `n`: profanity 0.13 aborts on `%n` in
    /// an address.
    package enum Network: String, Sendable, CaseIterable {
        case ngircd = "village"
        case inspircd, hybrid

        /// The networks of most suites: one without and one with proof of delivery by capabilities.
        package static let allCases: [Network] = [.ngircd, .inspircd]
    }

    /// How Martlet connects to the IRC servers, which have self-signed certificates.
    package enum TLS: Sendable { case off, trusted, untrusted }

    /// The account services of InspIRCd's network.
    package struct Services: Sendable {
        package enum Program: String, Sendable, CaseIterable { case atheme, anope }

        package let program: Program
        /// Whether users can log in by SASL. Otherwise they can only by a message to NickServ.
        package let hasSASL: Bool

        package init(_ program: Program, hasSASL: Bool = true) {
            self.program = program
            self.hasSASL = hasSASL
        }
    }

    package var home = Home.prosody
    /// Whether Martlet connects to a port of ejabberd with TLS from the first byte. There is one for the IRC gateway.
    package var hasDirectTLS = false
    /// Whether a second Prosody serves the same domain (`Deployment.twin`). Martlet knows the addresses of both.
    package var hasTwin = false
    /// More keys of each gateway's section, one line of YAML each.
    package var streamKeys: [String] = []
    package var domain = "example.org"
    package var networks: [Network]
    package var hasPhones: Bool
    package var services: Services?
    /// Whether InspIRCd's network has a second server (`IRCServer.leafPort`). An operator on it (`OPER oper operpw`)
    /// links the servers with `CONNECT insp.test`; one on the first server breaks the link with `SQUIT leaf.test`.
    package var hasLeaf = false
    package var tls = TLS.off
    /// The curve of the keys of the IRC servers' certificates, as openssl names it.
    package var curve = "prime256v1"
    /// More keys for each of `networks`, as they follow others in a YAML flow map: `, flood: {burst: 5}`.
    package var networkKeys = ""
    /// More IRC networks by name, each with its section of the configuration as a YAML flow map.
    package var otherNetworks: [String: String] = [:]
    /// More keys of the IRC gateway, one line of YAML each.
    package var gatewayKeys: [String] = []
    /// The administrators of the gateways, as bare JIDs. If empty, those of `Deployment.operatorUser`.
    package var admins: [String] = []
    /// Whether Prosody's port for clients is one to which BitlBee connects.
    package var hasLowClientPort = false
    /// Whether the IRC servers ask ident servers, and InspIRCd takes WEBIRC from this machine with the password
    /// `gatewaypw`.
    package var asksAboutUsers = false
    /// An IPv6 prefix that leads to this machine, in a network namespace of all programs' own, such as
    /// `2001:db8:7::/64`. ngIRCd is then reached at `::1`, and nothing of the deployment by the tests themselves.
    package var routedPrefix: String?
    /// The password that the IRC servers demand; nil for none.
    package var serverPassword: String?
    /// Whether proxies stand between Martlet and all other programs, to make faults (`Deployment.faults`).
    package var hasFaults = false
    /// Whether Martlet's time of day can be moved (`Deployment.clock`).
    package var hasMovableClock = false
    /// The size in megabytes of a disk of its own for the registry (`Deployment.disk`); nil for none.
    package var disk: Int?
    /// Whether Martlet's name server answers nothing. Users may then name IRC servers of their own.
    package var hasDeadNameServer = false
    /// Whether users may write to IRC without flood control.
    package var isFloodAllowed = false
    /// Whether Martlet logs at the level that operators use, and not at debug.
    package var isLogQuiet = false

    package init(networks: [Network] = [], hasPhones: Bool = false) {
        self.networks = networks
        self.hasPhones = hasPhones
    }

    var gateways: [String] { (networks.isEmpty && otherNetworks.isEmpty ? [] : ["irc"]) + (hasPhones ? ["sms"] : []) }
}
