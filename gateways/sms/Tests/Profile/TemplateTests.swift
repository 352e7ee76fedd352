import Testing

@testable import SMSAdapter

@Suite("Templates")
struct TemplateTests {
    private static let names: Set<String> = ["a", "b", "c", "msg.text", "hook.status"]
    private static let values = TemplateValues([
        "a": "x&y=z/ü", "c": " X/ ", "msg.text": "{{a}} {{b}}", "hook.status": "https://h/s",
    ])

    @Test(
        "Placeholders are filled in once, and their values are never read as templates",
        arguments: [
            ("plain", "plain"), ("{{a}}", "x&y=z/ü"), ("<{{ a }}>", "<x&y=z/ü>"), ("{{b}}", ""),
            ("{{msg.text}}", "{{a}} {{b}}"), ("{{hook.status}}?r={{a|query}}", "https://h/s?r=x%26y%3Dz%2F%C3%BC"),
            ("{{a}}{{a|lower}}", "x&y=z/üx&y=z/ü"), ("}} {", "}} {"), ("", ""),
            // Filters work from left to right. A value that the first one refuses is left out.
            ("{{c|trim|query}}", "X%2F"), ("{{c|query|trim}}", "%20X%2F%20"), ("{{c | trim | lower | query}}", "x%2F"),
            ("<{{c|int|lower}}>", "<>"),
        ])
    func fill(template: String, expected: String) throws {
        #expect(try Template(template, names: Self.names).text(Self.values) == expected)
    }

    @Test(
        "A placeholder that cannot be filled in is refused when the profile is read",
        arguments: [
            "{{", "{{a", "{{d}}", "{{}}", "{{a|}}", "{{a|shout}}", "{{a|param}}", "{{a|trim:x}}", "{{a|trim|shout}}",
            "{{a|shout|trim}}", "{{a||trim}}", "{{settings.a}}",
        ])
    func refused(template: String) {
        #expect(throws: ProfileError.self) { try Template(template, names: Self.names) }
    }

    @Test("In an address every value is one segment, except the setting it starts with")
    func address() throws {
        let values = TemplateValues(["base": "https://h:1/p", "id": "../a?b#c d%2e"])
        let template = try Template("{{base}}/m/{{id}}/x", names: ["base", "id"])
        let address = try AddressTemplate(template, addresses: ["base"])
        #expect(address.text(values) == "https://h:1/p/m/..%2Fa%3Fb%23c%20d%252e/x")
    }

    @Test(
        "An address begins with a scheme or an address setting, and has no query",
        arguments: ["{{id}}/x", "ftp://h/", "/x", "https://h/{{base}}", "https://h/?a=1", "{{base}}#x", ""])
    func badAddress(template: String) throws {
        let template = try Template(template, names: ["base", "id"])
        #expect(throws: ProfileError.self) { try AddressTemplate(template, addresses: ["base"]) }
    }
}

@Suite("Encodings")
struct EncodingTests {
    @Test(
        "Form fields are read back as they were written, whatever they contain",
        arguments: ["", " ", "+", "%", "%41", "a&b=c", "ü€😀", "\u{0}\r\n", "a;b", "~-._"])
    func fields(value: String) throws {
        let text = FormFields.encode([("k" + value, value), ("z", "1")])
        let fields = try #require(FormFields(decoding: text.utf8))
        #expect(fields["k" + value] == value)
        #expect(fields["z"] == "1")
        #expect(fields.all.count == 2)
    }

    @Test(
        "Form fields that other programs wrote are read leniently",
        arguments: [
            ("a=1+2", "1 2"), ("a=%zz%4", "%zz%4"), ("a=%c3%BC", "ü"), ("&&a=x&&", "x"), ("b&a=x", "x"), ("a", ""),
            ("a=1&a=2", "1"), ("a=b=c", "b=c"), ("a=%ff", "\u{FFFD}"),
        ])
    func lenient(text: String, value: String) throws {
        #expect(try #require(FormFields(decoding: text.utf8))["a"] == value)
    }

    @Test("Too many fields are refused")
    func tooMany() {
        #expect(FormFields(decoding: String(repeating: "a=1&", count: FormFields.mostFields).utf8) != nil)
        #expect(FormFields(decoding: String(repeating: "a=1&", count: FormFields.mostFields + 1).utf8) == nil)
    }

    @Test(
        "Texts are read in the character set that the call names",
        arguments: [
            ("UTF-8", [0xC3, 0xA9], "é"), ("iso-8859-1", [0xE9], "é"), ("WINDOWS-1252", [0x80, 0x93, 0xE9], "€“é"),
            ("UTF-16BE", [0x01, 0x7D, 0xD8, 0x3D, 0xDE, 0x00], "Ž😀"), ("utf-16be", [0x00], "\u{FFFD}"),
        ] as [(String, [UInt8], String)])
    func charsets(name: String, bytes: [UInt8], text: String) throws {
        #expect(try #require(Charset(named: name)).decode(bytes) == text)
    }

    @Test("An unknown character set is refused")
    func unknownCharset() { #expect(Charset(named: "EBCDIC") == nil) }
}
