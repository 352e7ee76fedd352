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
        let listen = reader.hostAndPort("listen", default: HostAndPort(host: "127.0.0.1", port: 8088))
        let publicURL = reader.publicURL("public-url")
        if publicURL == nil, !reader.has("public-url"), let gateway {
            reader.report("public-url", "required, because the network of \(gateway) reports by webhooks")
        }
        guard let listen else { return nil }
        self.init(listen: listen, publicURL: publicURL ?? "http://\(listen)")
    }
}
