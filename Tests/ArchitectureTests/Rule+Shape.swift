/// Rules about the size and the names of files.
extension Rule {
    static let filesAreShort = Rule(
        sentence: "No file has more than 400 lines",
        advice: "Split it by concern, at 300 lines already: Type+Aspect.swift.",
        bad: [Sample(String(repeating: "\n", count: 401))],
        good: [Sample(String(repeating: "\n", count: 399))],
        applies: \.isSwift,
        search: { file in file.lines.count > 401 ? [(file.lines.count - 1, "lines")] : [] })

    static let filesAreNamedAfterTheirType = Rule(
        sentence: "A file is named after the type it declares or extends",
        advice: "Name it Type.swift or Type+Aspect.swift; a file of several small types may bear their common name.",
        exceptions: [
            "Sources/GatewayKit/Identifiers.swift": "the identifiers of the contract, read together"
        ],
        bad: [
            Sample("struct Other {}", at: "Sources/XMPP/Sample.swift"),
            Sample("extension Other {}", at: "Sources/XMPP/Sample+Reading.swift"),
        ],
        good: [
            Sample("package final class Sample {}"),
            Sample("extension Sample {}", at: "Sources/XMPP/Sample+Reading.swift"),
            Sample("struct AccountSample {}", at: "Sources/XMPP/Samples.swift"),
        ],
        applies: { $0.isProduct && $0.isSwift },
        search: { file in
            let stem = file.name.dropLast(".swift".count)
            let wanted = stem.split(separator: "+").first.map(String.init) ?? ""
            let declared = declaredNames(in: file)
            let isSeries = wanted.hasSuffix("s") && declared.contains { $0.hasSuffix(wanted.dropLast()) }
            if isSeries || declared.contains(where: { $0.hasPrefix(wanted) }) { return [] }
            return [(1, "declares \(declared.sorted().joined(separator: ", "))")]
        })

    static let namesSayWhatTheyDo = Rule(
        sentence: "No type is a Manager, a Helper or Utils",
        advice: "Name it after what it does or keeps.",
        bad: [Sample("final class SessionManager {}"), Sample("enum Utils {}"), Sample("struct JIDHelper {}")],
        good: [Sample("let x = FileManager.default"), Sample("struct Ledger {}")],
        applies: { $0.isProduct && $0.isSwift },
        search: { file in
            declaredNames(in: file).filter { $0.contains(/(Manager|Helpers?|Utils?|Utilities|Misc|Common)$/) }.sorted()
                .map { (1, $0) }
        })

    static let shapeRules = [filesAreShort, filesAreNamedAfterTheirType, namesSayWhatTheyDo]

    /// The names of all types that a file declares or extends, without the types in which they are nested.
    private static func declaredNames(in file: SourceFile) -> Set<String> {
        let declarations = file.code.matches(
            of: /(?:^|[\s(])(?:struct|class|enum|actor|protocol|extension|typealias|macro)\s+(?:`?\w+`?\.)*`?(\w+)/)
        return Set(declarations.map { String($0.output.1) })
    }
}
