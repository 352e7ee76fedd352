import Testing

@Suite("Rules about files")
struct ShapeRuleTests {
    @Test("No file has more than 400 lines")
    func filesAreShort() { expectKept(.filesAreShort) }

    @Test("Files past 300 lines are pointed out")
    func longFilesAreNoticed() {
        let long = Repository.swift.filter { $0.lines.count > 301 }
        for file in long {
            Issue.record("\(file.path) has \(file.lines.count - 1) lines: look hard at it", severity: .warning)
        }
    }

    @Test("A file is named after the type it declares or extends")
    func filesAreNamedAfterTheirType() { expectKept(.filesAreNamedAfterTheirType) }

    @Test("No type is a Manager, a Helper or Utils")
    func namesSayWhatTheyDo() { expectKept(.namesSayWhatTheyDo) }

    @Test("Every gateway has a README, sources and tests", arguments: gateways)
    func gatewaysAreWhole(_ gateway: String) {
        let missing = Self.missingParts(of: Repository.names(in: "gateways/\(gateway)"))
        #expect(
            missing.isEmpty,
            "gateways/\(gateway) lacks \(missing.joined(separator: ", ")): gateways/README.md lists the parts.")
    }

    @Test("A gateway without a part is noticed")
    func gatewayRuleCanFail() {
        #expect(Self.missingParts(of: ["Sources", "README.md"]) == ["Tests"])
        #expect(Self.missingParts(of: ["README.md", "Sources", "Tests", "networks"]) == [])
        #expect(!Self.gateways.isEmpty)
    }

    static let gateways = Repository.names(in: "gateways").filter { !$0.contains(".") }

    static func missingParts(of names: [String]) -> [String] {
        ["README.md", "Sources", "Tests"].filter { !names.contains($0) }
    }
}
