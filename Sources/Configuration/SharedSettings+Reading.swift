import Foundation
import GatewayKit

extension AccessRules {
    /// Nil if nobody is allowed at all (then it is reported): a gateway that is open to everybody by mistake costs
    /// its operator money, so the file has to say it.
    init?(_ parent: ConfigReader) {
        guard let reader = parent.map("access") else {
            parent.report("access", "required, but missing: {allow: [example.org]} says who may use the gateways")
            return nil
        }
        defer { reader.finish() }
        let allow = reader.entries("allow") { entry in
            if entry == "*" { return nil }
            return entry.contains("@") ? AddressSyntax.flaw(bareJID: entry) : AddressSyntax.flaw(domain: entry)
        }
        if allow.isEmpty { reader.report("allow", "required: domains, bare JIDs, or '*' for everybody") }
        self.init(allow: allow, admins: reader.entries("admins", flaw: AddressSyntax.flaw(bareJID:)))
    }
}

extension LogConfiguration {
    init(_ reader: ConfigReader?) {
        guard let reader else { return }
        level = reader.choice("level", of: Level.self) ?? level
        format = reader.choice("format", of: Format.self) ?? format
        if let parts = reader.map("levels") {
            for part in parts.allEntries { levels[part.key] = parts.choice(part.key, of: Level.self) }
        }
        reader.finish()
    }
}

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

extension ConfigReader {
    /// The strings of a list, each checked; `flaw` says what is wrong with one.
    fileprivate func entries(_ key: String, flaw: (String) -> String?) -> [String] {
        guard let node = node(key) else { return [] }
        guard case .list(let items) = node.value else { return strings(key) }
        for item in items {
            guard case .scalar(let text) = item.value, let flaw = flaw(text) else { continue }
            problems.add(ConfigProblem(at: item.place, key: path(key), "'\(text)' \(flaw)"))
        }
        return strings(key)
    }

    /// An address of ours as others see it; nil if absent or wrong (then it is reported).
    fileprivate func publicURL(_ key: String) -> String? {
        guard let text = string(key) else { return nil }
        let parts = URLComponents(string: text)
        guard let parts, let scheme = parts.scheme, ["http", "https"].contains(scheme), parts.host?.isEmpty == false,
            parts.user == nil, parts.query == nil, parts.fragment == nil,
            parts.port.map({ (1...65_535).contains($0) }) ?? true
        else {
            report(key, "'\(text)' is not an address such as https://gw.example.org")
            return nil
        }
        guard !text.hasSuffix("/") else {
            report(key, "write it without the slash at the end")
            return nil
        }
        return text
    }
}
