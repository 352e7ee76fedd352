import XMPP

/// Software version (XEP-0092). The operating system is nobody's business.
enum SoftwareVersion {
    static let routes = [
        QueryRoute(.get, "query", Version.namespace, targets: [.gateway, .network, .room]) {
            core, _ throws(StanzaError) in
            .result(Version(name: "Martlet", version: core.settings.version).element)
        }
    ]
}
