import Basics
import Foundation
import GatewayKit
import HTTP

/// The rule by which the files of inbound messages are fetched from the provider.
///
/// Calls of providers name the files by URLs. Some signatures do not cover these URLs, and some calls have no signature.
/// So a file is fetched only from hosts that the profile names, and only they get credentials.
struct MediaRule: Sendable {
    /// Texts that give hosts: `media.example`, `*.media.example` for all hosts below it, or the beginning of an URL. One
    /// text may give several, with commas between them.
    let hosts: [Template]
    let basic: (user: Template, password: Template)?
    let headers: [FieldRule]

    /// The request for the file at an URL; nil if the URL is not at a host of the profile.
    func request(for url: String, settings: ProviderSettings) -> HTTPRequest? {
        guard let address = WebAddress(url), isPinned(address, settings.values) else { return nil }
        var headers = self.headers.compactMap { field in field.text(settings.values).map { (field.name, $0) } }
        if let basic {
            let pair = basic.user.text(settings.values) + ":" + basic.password.text(settings.values)
            headers.append(("Authorization", "Basic " + Data(pair.utf8).base64EncodedString()))
        }
        return HTTPRequest(.get, url: url, headers: headers)
    }

    private func isPinned(_ address: WebAddress, _ values: TemplateValues) -> Bool {
        hosts.contains { template in
            template.text(values).split(separator: ",").contains { Self.names($0.trimmed, address) }
        }
    }

    /// Whether a host of the profile is that of an address. A host that is written without its scheme and port is meant
    /// with `https` and its usual port: otherwise credentials could be read on their way.
    private static func names(_ host: String, _ address: WebAddress) -> Bool {
        if let base = WebAddress(host) { return base.origin == address.origin }
        guard address.isSecure, address.port == 443 else { return false }
        let host = host.lowercased()
        return host.hasPrefix("*.") ? address.host.hasSuffix(host.dropFirst()) : host == address.host
    }
}

extension MediaRule {
    /// Reads `{hosts, basic, headers}`, and finishes the reader.
    init?(reading reader: ConfigReader, names: Set<String>) {
        defer { reader.finish() }
        hosts = reader.templates("hosts", names: names)
        if hosts.isEmpty { reader.report("hosts", "required, but missing: the hosts from which files may be fetched") }
        headers = reader.map("headers").map { FieldRule.all(reading: $0, names: names) } ?? []
        guard reader.has("basic") else {
            basic = nil
            return
        }
        let pair = reader.templates("basic", names: names)
        guard pair.count == 2 else {
            reader.report("basic", "two values are expected here: [user, password]")
            return nil
        }
        basic = (pair[0], pair[1])
    }
}
