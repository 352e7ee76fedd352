import CPhoneNumber
import Testing

@Suite("Parsing phone numbers through the C interface")
struct PhoneNumberParsingTests {
    @Test(
        "Whatever people type becomes one E.164 number",
        arguments: [
            ("+1 (415) 555-2671", nil, "+14155552671", "US"),
            ("+14155552671", "DE", "+14155552671", "US"),
            ("(415) 555-2671", "US", "+14155552671", "US"),
            ("1 415 555 2671", "US", "+14155552671", "US"),
            ("030 901820", "DE", "+4930901820", "DE"),
            ("0049 30 901820", "DE", "+4930901820", "DE"),
            ("011 49 30 901820", "US", "+4930901820", "DE"),
            ("02 1234 5678", "IT", "+390212345678", "IT"),
            ("+39 06 698 12345", nil, "+390669812345", "VA"),
            ("020 7946 0018", "GB", "+442079460018", "GB"),
            ("0412 345 678", "AU", "+61412345678", "AU"),
            ("tel:+1-415-555-2671", nil, "+14155552671", "US"),
            ("+800 1234 5678", nil, "+80012345678", "001"),
            ("＋１４１５５５５２６７１", nil, "+14155552671", "US"),
        ] as [(String, String?, String, String)])
    func typed(text: String, region: String?, e164: String, owner: String) throws {
        let number = try ParsedNumber.parse(text, region: region).get()
        #expect(number.e164 == e164)
        #expect(number.region == owner)
        #expect(number.isPossible)
    }

    @Test(
        "What is no number says why",
        arguments: [
            ("", "US", CPHONE_NOT_A_NUMBER), ("hello", "US", CPHONE_NOT_A_NUMBER), ("+", nil, CPHONE_NOT_A_NUMBER),
            ("4155552671", nil, CPHONE_NO_COUNTRY), ("4155552671", "XX", CPHONE_NO_COUNTRY),
            ("+999 123456", nil, CPHONE_NO_COUNTRY), ("0049", "DE", CPHONE_TOO_SHORT),
            ("+1 4155552671 4155552671", nil, CPHONE_TOO_LONG),
            (String(repeating: "1", count: 300), "US", CPHONE_TOO_LONG),
        ] as [(String, String?, cphone_status)])
    func refused(text: String, region: String?, status: cphone_status) {
        #expect(ParsedNumber.parse(text, region: region) == .failure(CPhoneStatus(value: status)))
    }

    @Test(
        "Short codes and numbers without their area do not pass the gate",
        arguments: [("12345", "US"), ("911", "US"), ("555-2671", "US"), ("110", "DE"), ("+1 12345", nil)]
            as [(String, String?)])
    func impossible(text: String, region: String?) {
        let isPossible = (try? ParsedNumber.parse(text, region: region).get().isPossible) ?? false
        #expect(!isPossible)
    }

    @Test("A number of possible length in no known range is possible but not valid")
    func possibleOnly() throws {
        let number = try ParsedNumber.parse("+1 211 555 2671", region: nil).get()
        #expect(number.isPossible)
        #expect(!number.isValid)
    }

    @Test("An extension is left out and reported")
    func extensions() throws {
        let number = try ParsedNumber.parse("+1 415 555 2671 ext. 5", region: nil).get()
        #expect(number.e164 == "+14155552671")
        #expect(number.hasExtension)
    }

    @Test("A zero byte in the text does not hide what follows it")
    func zeroByte() {
        // The part before the zero byte is a number by itself.
        let text = "+14155552671\0" + "9999"
        let number = try? ParsedNumber.parse(text, region: nil).get()
        #expect(number?.e164 != "+14155552671")
        #expect(number?.isPossible != true)
    }

    @Test("A buffer that is too small fails and stays as it was")
    func smallBuffer() {
        var e164 = [CChar](repeating: 7, count: 5)
        var region = [CChar](repeating: 7, count: Int(CPHONE_REGION_CAPACITY))
        var facts = cphone_facts()
        let text = "+14155552671"
        let status = cphone_parse(text, text.utf8.count, nil, &e164, e164.count, &region, region.count, &facts)
        #expect(status == CPHONE_FAILED)
        #expect(e164 == [7, 7, 7, 7, 7])
    }

    @Test(
        "Regions are two upper-case letters that exist",
        arguments: [("US", true), ("de", false), ("ZZ", false), ("", false), ("XX", false)])
    func regions(text: String, isKnown: Bool) {
        #expect(cphone_is_region(text) == isKnown)
    }

    @Test("Threads may parse at the same time")
    func threads() async {
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let text = "+1415555\(1_000 + index)"
                    return (try? ParsedNumber.parse(text, region: nil).get().e164) == text
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
