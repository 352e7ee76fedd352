import CPhoneNumber

/// What the C function says about one text, as a Swift value.
struct ParsedNumber: Equatable {
    var e164: String
    var region: String
    var isPossible: Bool
    var isValid: Bool
    var hasExtension: Bool

    /// The status in place of a number when there is none.
    static func parse(_ text: String, region: String?) -> Result<ParsedNumber, CPhoneStatus> {
        var e164 = [CChar](repeating: 0, count: Int(CPHONE_E164_CAPACITY))
        var owner = [CChar](repeating: 0, count: Int(CPHONE_REGION_CAPACITY))
        var facts = cphone_facts()
        let length = text.utf8.count
        let status = cphone_parse(text, length, region, &e164, e164.count, &owner, owner.count, &facts)
        guard status == CPHONE_OK else { return .failure(CPhoneStatus(value: status)) }
        return .success(
            ParsedNumber(
                e164: string(e164), region: string(owner), isPossible: facts.possible, isValid: facts.valid,
                hasExtension: facts.extension))
    }

    private static func string(_ bytes: [CChar]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

struct CPhoneStatus: Error, Equatable {
    let value: cphone_status
}
