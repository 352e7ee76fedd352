import Testing

@testable import IRCAdapter

@Suite("Preformatted blocks")
struct PreformattedBlocksTests {
    @Test(
        "the lines of a block are those from its beginning to its end, or to the end of its quotation",
        arguments: [
            (["a", "```", "b", "```", "c"], [false, true, true, true, false]),
            (["```swift", "``` x", " ```", "```", "c"], [true, true, true, true, false]),
            ([" ```", "a"], [false, false]), (["a ```", "b"], [false, false]), (["`` `", "b"], [false, false]),
            (["```", "> a", "b"], [true, true, true]), (["```a```", "b"], [true, true]),
            (["> ```", "> a", "b"], [true, true, false]),
            (["> ```", ">> a", "> ```", "> b"], [true, true, true, false]),
            ([">> ```", "> a", ">b"], [true, false, false]), (["> ```", "```", "b"], [true, true, true]),
        ])
    func lines(_ lines: [String], _ areHeld: [Bool]) {
        var blocks = PreformattedBlocks()
        #expect(lines.map { blocks.hold($0) } == areHeld)
    }
}
