import Testing

@testable import martlet

@Suite("Ids of stanzas")
struct IDSourceTests {
    @Test("no two ids are equal, even from two runs, and each is a short word of letters, digits and one dash")
    func unique() {
        let (one, two) = (IDSource(), IDSource())
        let ids = (0..<50_000).flatMap { _ in [one.next(), two.next()] }
        #expect(Set(ids).count == ids.count)
        let isWord = ids.allSatisfy { id in
            id.utf8.count <= 32 && id.split(separator: "-").count == 2
                && id.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
        }
        #expect(isWord)
    }
}
