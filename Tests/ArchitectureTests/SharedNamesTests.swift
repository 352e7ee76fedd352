import Testing

@Suite("Names of types")
struct SharedNamesTests {
    private static let exceptions: [String: String] = [:]

    @Test("No two modules declare a top-level type of one name")
    func noneIsShared() {
        let problems = SharedNames(modules: Module.all, exceptions: Self.exceptions).problems(in: Repository.product)
        #expect(
            problems.isEmpty,
            "Use one type for one thing (Basics holds those of everybody), or two names for two things.\n\(problems.joined(separator: "\n"))"
        )
    }

    @Test("A name that two modules declare is noticed; nested and private types, extensions and tests are not")
    func canFail() {
        let names = SharedNames(modules: [Module("A"), Module("B")], exceptions: ["Old": "a reason"])
        let first = SourceFile(
            path: "Sources/A/A.swift",
            text: """
                package final class Outbox {
                    enum Nested {}
                }
                @frozen struct Own {}
                private enum Hidden {}
                // struct Said {}
                """)
        let second = SourceFile(
            path: "Sources/B/B.swift",
            text: "indirect enum Outbox {}\nenum Nested {}\nstruct Hidden {}\nextension Own {}\nstruct Said {}")
        #expect(SharedNames.topLevelTypes(in: first) == ["Outbox", "Own"])
        #expect(
            names.problems(in: [first, second]) == [
                "Outbox is declared in A and B: Sources/A/A.swift, Sources/B/B.swift",
                "Old needs no exception any more",
            ])
    }
}
