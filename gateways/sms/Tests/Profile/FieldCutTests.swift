import HTTP
import Testing

@testable import SMSAdapter

@Suite("The cut of a signed call into fields")
struct FieldCutTests {
    private let cut = FieldCut(
        fields: [FieldCut.Guarded(name: Array("Sid".utf8), value: nil, names: ["SidOfPart"], isOptional: false)],
        texts: ["Body"])

    @Test(
        "holds if the name of a guarded field stands nowhere but as its name, in a longer name, or in the text",
        arguments: [
            ("Sid=S1", true), ("Body=hi&Sid=S1", true), ("Body=xSid&Sid=S1", true), ("SidOfPart=P1&Sid=S1", true),
            ("Body=hi", false), ("Sid=S1&Sid=S2", false), ("Sid=S1&Zone=xSid", false), ("Sid=S1&Zone=xSidy", false),
            ("Area=Sid&Sid=S1", false), ("Sid=OfPart", false), ("Body=hi&City=x&Sid=S1", false),
        ])
    func holds(form: String, expected: Bool) throws {
        #expect(cut.holds(try #require(FormFields(decoding: form.utf8))) == expected)
    }
}
