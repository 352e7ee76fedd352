import GatewayKit
import Testing

@Suite struct E164Tests {
    @Test(
        "A plus and 7 to 15 digits without a leading zero are a number",
        arguments: ["+1555012", "+15550100", "+499999999999999"])
    func valid(text: String) {
        #expect(E164(text)?.rawValue == text)
        #expect(E164(text)?.description == text)
    }

    @Test(
        "Every other text is no number",
        arguments: [
            "", "+", "15550100", "+155501", "+1555010055501005", "+05550100", "+1555 0100", " +15550100", "+15550100 ",
            "+1555-0100", "++15550100", "+1555010a", "+١٥٥٥٠١٠٠", "+１５５５０１００", "+1555\u{301}0100", "＋15550100",
        ])
    func invalid(text: String) { #expect(E164(text) == nil) }
}
