import Basics
import GatewayKit

extension HTTPSettings {
    /// - Parameter gateway: the domain of a gateway that needs webhooks, if there is one.
    init?(_ parent: ConfigReader, required gateway: String?) {
        guard let reader = parent.map("http") else {
            if let gateway {
                parent.report("http", "required, because the network of \(gateway) reports by webhooks")
            }
            return nil
        }
        defer { reader.finish() }
        let listen = reader.endpoint("listen", default: Endpoint(host: "127.0.0.1", port: 8088))
        let publicURL = reader.publicURL("public-url")
        if publicURL == nil, !reader.has("public-url"), let gateway {
            reader.report("public-url", "required, because the network of \(gateway) reports by webhooks")
        }
        let connections = reader.integer("connections", in: 10...100_000) ?? Self.defaultConnections
        let usual = min(Self.defaultConnectionsPerAddress, connections)
        let perAddress = reader.integer("connections-per-address", in: 1...connections) ?? usual
        let proxies = reader.addressRanges("trusted-proxies")
        guard let listen else { return nil }
        self.init(
            listen: listen, publicURL: publicURL ?? "http://\(listen)", connections: connections,
            connectionsPerAddress: perAddress, trustedProxies: proxies)
    }
}

extension ConfigReader {
    /// The address at which metrics and health are served; nil without the section.
    ///
    /// - Parameter taken: the address of the webhooks, which cannot be used twice.
    func operations(besides taken: Endpoint?) -> Endpoint? {
        guard has("operations") else { return nil }
        // A section without a key is written `operations:` or `operations: {}`.
        let reader = map("operations")
        defer { reader?.finish() }
        let usual = Endpoint(host: "127.0.0.1", port: 9090)
        guard let listen = reader.map({ $0.endpoint("listen", default: usual) }) ?? usual else { return nil }
        if listen == taken {
            reader?.report("listen", "\(listen) is the address of http.listen; another port is needed")
        }
        return listen
    }

    /// A list of ranges of IP addresses. An entry that is not a range is reported.
    fileprivate func addressRanges(_ key: String) -> [AddressRange] {
        entries(key) { text in
            AddressRange(text) == nil ? "is not an address range such as 10.0.0.0/8 or 2001:db8::/32" : nil
        }.compactMap { AddressRange($0) }
    }
}
