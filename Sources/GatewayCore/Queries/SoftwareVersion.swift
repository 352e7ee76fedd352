import XMPP

/// Software version (XEP-0092). The answer does not reveal the operating system.
final class SoftwareVersion: Feature {
    private let version: String

    init(_ kernel: Kernel) { version = kernel.settings.version }

    func register(in routes: inout Routes) {
        routes.query(.get, "query", Version.namespace, on: [.gateway, .network, .room]) {
            [version] _ throws(StanzaError) in
            .result(Version(name: "Martlet", version: version).element)
        }
    }
}
