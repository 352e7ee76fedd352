import Basics
import Crypto
import XML

/// Entity capabilities (XEP-0115): a hash of an entity's service discovery information, sent with its presence. Clients
/// then ask once for all entities with the same hash.
package struct EntityCapabilities: Payload {
    package static let namespace = "http://jabber.org/protocol/caps"

    /// The URI of the software.
    package var node: String
    /// The verification string: the hash in Base64.
    package var verification: String
    package var hash: String

    package init(node: String, verification: String, hash: String = "sha-1") {
        self.node = node
        self.verification = verification
        self.hash = hash
    }

    /// The capabilities of an entity with this information, with SHA-1.
    package init(node: String, of info: DiscoInfo) {
        self.init(node: node, verification: Self.verification(of: info))
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("c", Self.namespace)
        self.init(
            node: try element.required("node"), verification: try element.required("ver"),
            hash: try element.required("hash"))
    }

    package var element: Element {
        Element("c", namespace: Self.namespace).with("hash", hash).with("node", node).with("ver", verification)
    }

    /// The verification string of service discovery information (§5.1), with SHA-1.
    package static func verification(of info: DiscoInfo) -> String {
        Base64.encode(Insecure.SHA1.hash(data: Array(text(of: info).utf8)))
    }

    /// Whether the hash of this information stands for no other (§5.4, 3.3 to 3.6): nothing occurs twice, each form has
    /// one type, and no part contains `<`, which separates the parts in the hashed text. Do not keep the information of
    /// one client for others unless it is well formed.
    package static func isWellFormed(_ info: DiscoInfo) -> Bool {
        let identities = info.identities.map { [$0.category, $0.type, $0.lang ?? "", $0.name ?? ""] }
        let types = info.forms.map { $0.formType ?? "" }
        guard Set(identities).count == identities.count, Set(info.features).count == info.features.count,
            Set(types).count == types.count, info.forms.allSatisfy(hasOneType)
        else { return false }
        let fields = info.forms.flatMap { $0.fields.flatMap { [$0.name ?? ""] + $0.values } }
        let parts = identities.joined() + info.features + fields
        // A slash separates the parts of an identity. Only its name, the last one, may have some.
        return !parts.contains { $0.utf8.contains(UInt8(ascii: "<")) }
            && !identities.contains { $0.dropLast().contains { $0.utf8.contains(UInt8(ascii: "/")) } }
    }

    /// Whether a form has one `FORM_TYPE`, of one value, and no field twice.
    private static func hasOneType(_ form: DataForm) -> Bool {
        let names = form.fields.compactMap(\.name)
        let types = form.fields.filter { $0.name == "FORM_TYPE" }
        return Set(names).count == names.count && types.count <= 1 && types.allSatisfy { Set($0.values).count <= 1 }
    }

    /// The text that is hashed. All parts are sorted by their bytes.
    static func text(of info: DiscoInfo) -> String {
        let identities = info.identities.map {
            "\($0.category)/\($0.type)/\($0.lang ?? "")/\($0.name ?? "")"
        }
        let forms = info.forms.map { form in
            let fields = form.fields.filter { $0.name != nil && $0.name != "FORM_TYPE" }.map { field in
                ([field.name ?? ""] + sorted(field.values)).joined(separator: "<")
            }
            return ([form.formType ?? ""] + sorted(fields)).joined(separator: "<")
        }
        let parts = sorted(identities) + sorted(info.features) + sorted(forms)
        return parts.map { $0 + "<" }.joined()
    }

    private static func sorted(_ texts: [String]) -> [String] {
        texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
