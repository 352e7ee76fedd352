import Basics
import GatewayKit

extension Verification {
    private enum Scheme: String, CaseIterable {
        case sharedSecret = "shared_secret"
        case addresses = "ip_allow"
        case sortedForm = "hmac_url_sorted_form"
    }

    /// Reads the `verify` list of a hook. A hook that anybody could call is reported as a fault.
    static func all(reading reader: ConfigReader, names: Set<String>) -> [Verification] {
        let all = reader.readers("verify").compactMap { one(reading: $0, names: names) }
        let proves = all.contains { if case .addresses = $0 { false } else { true } }
        if !proves {
            reader.report("verify", "a hook needs a shared_secret or a signature; ip_allow alone proves nothing")
        }
        return all
    }

    private static func one(reading reader: ConfigReader, names: Set<String>) -> Verification? {
        defer { reader.finish() }
        guard let scheme = reader.choice("scheme", of: Scheme.self) else {
            if !reader.has("scheme") { reader.report("scheme", "required, but missing") }
            return nil
        }
        switch scheme {
        case .sharedSecret:
            let keys = keys(reader, names)
            return reader.requiredSelector("value").map { .sharedSecret($0, keys: keys) }
        case .addresses:
            let ranges = reader.templates("cidrs", names: names)
            for text in reader.oneOrMore("cidrs") ?? [] where !text.contains("{{") && AddressRange(text) == nil {
                reader.report("cidrs", "'\(text)' is not an address range such as 192.0.2.0/24")
            }
            return .addresses(ranges)
        case .sortedForm:
            return .sortedForm(
                SortedFormSignature(
                    header: reader.requiredString("header") ?? "", keys: keys(reader, names),
                    digest: reader.selector("digest", words: SortedFormSignature.Digest.allCases.map(\.rawValue)),
                    portVariants: reader.boolean("port_variants") ?? false,
                    bodyHashQuery: reader.string("json_body_hash_query")))
        }
    }

    private static func keys(_ reader: ConfigReader, _ names: Set<String>) -> [Template] {
        let keys = reader.templates("key", names: names)
        if keys.isEmpty { reader.report("key", "required, but missing") }
        if keys.contains(where: { $0.names.isEmpty }) {
            reader.report("key", "a key comes from a setting; one written in the profile is known to everybody")
        }
        return keys
    }
}
