import Basics
import Crypto
import GatewayKit

/// Vonage's signature of its SMS API: the field `sig` holds the digest of all other fields in the order of their names.
/// The fields are those of the form, or of the query if there is no form.
struct FieldsSignature: Sendable {
    enum Method: String, Sendable, CaseIterable {
        /// MD5 of the text with the secret after it. The others are HMACs.
        case md5hash
        case md5, sha1, sha256, sha512

        var digest: SignatureDigest? { SignatureDigest(rawValue: rawValue) }
    }

    let field: String
    /// Selects the method that the operator has chosen at the provider.
    let method: Selector
    let keys: [Template]
    let time: SignedTime

    func proof(for call: WebhookCall, keys: [String]) -> Proof? {
        let fields = call.received.form.all.isEmpty ? call.received.query.all : call.received.form.all
        guard let method = method.value(in: call.received).flatMap(Method.init), time.isNear(call),
            let given = fields.first(where: { $0.name == field }).flatMap({ BinaryText.hex.bytes(of: $0.value) }),
            // A name with a sign of the signed text would hide the border between two fields.
            fields.allSatisfy({ !$0.name.contains("&") && !$0.name.contains("=") }),
            Set(fields.map(\.name)).count == fields.count
        else { return nil }
        let bytes = Self.signed(fields.filter { $0.name != field })
        let isSigned = keys.contains { Verification.equal(Self.code(bytes, method, $0), given) }
        return isSigned ? Proof(use: time.use(of: bytes, call)) : nil
    }

    static func signed(_ fields: [FormFields.Field]) -> [UInt8] {
        SortedFormSignature.ordered(fields).flatMap { field in
            [UInt8(ascii: "&")] + field.name + [UInt8(ascii: "=")]
                + field.value.map { byte in
                    "&=".utf8.contains(byte) ? UInt8(ascii: "_") : byte
                }
        }
    }

    static func code(_ bytes: [UInt8], _ method: Method, _ key: String) -> [UInt8] {
        guard let digest = method.digest, method != .md5hash else {
            return Array(Insecure.MD5.hash(data: bytes + Array(key.utf8)))
        }
        return digest.authenticationCode(of: bytes, key: Array(key.utf8))
    }
}
