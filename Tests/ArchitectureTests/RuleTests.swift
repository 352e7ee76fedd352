import Testing

@Suite("The rules themselves")
struct RuleTests {
    @Test(
        "Each rule objects to its bad samples, and lets the good ones pass",
        arguments: Rule.codeRules + Rule.wordRules + Rule.shapeRules)
    func rulesCanFail(_ rule: Rule) {
        #expect(!rule.bad.isEmpty && !rule.good.isEmpty)
        for sample in rule.bad {
            #expect(!rule.findings(in: sample.file).isEmpty, "not noticed: \(sample.file.text.prefix(60))")
        }
        for sample in rule.good {
            #expect(rule.findings(in: sample.file).isEmpty, "wrongly noticed: \(sample.file.text.prefix(60))")
        }
    }

    @Test("An exception that is not needed any more is a finding")
    func staleException() {
        var rule = Rule.noPrint
        rule.exceptions = ["Sources/XMPP/Sample.swift": "a reason"]
        #expect(rule.findings(in: [SourceFile(path: "Sources/XMPP/Sample.swift", text: "print(1)")]).isEmpty)
        #expect(rule.findings(in: [SourceFile(path: "Sources/XMPP/Sample.swift", text: "")]).count == 1)
    }

    @Test("The rules look at this repository: its modules are among the files")
    func repositoryIsFound() {
        let wanted: Set = ["Package.swift", "Sources/GatewayKit/Adapter.swift", "gateways/README.md"]
        #expect(wanted.subtracting(Repository.files.map(\.path)) == [])
    }

    @Test(
        "Comments and strings are not code",
        arguments: [
            ("a // b", "a     "), ("a /* b /* c */ d */ e", "a                   e"),
            ("f(\"b\\\"c\") d", "f(      ) d"),
            ("\"\\(x + \"y\") z\" w", "               w"), ("#\"a\"b\"# c", "        c"),
            ("\"\"\"\na \"b\"\n\"\"\" c", "   \n     \n    c"),
            ("let a = 1", "let a = 1"), ("\"unclosed", "         "), ("#if DEBUG", "#if DEBUG"),
            ("f(/a\"!/) b / c", "f(     ) b / c"), ("\"é\" x", "    x"),
        ])
    func stripping(_ source: String, _ code: String) { #expect(CodeOnly.strip(source) == code) }
}
