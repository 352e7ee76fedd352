import GatewayKit
import Testing

@testable import IRCAdapter

struct ChannelStateTests {
    @Test("CHANMODES is read in its four classes", arguments: [("beI,k,l,imnpst"), ("IXbeg,k,FHJLdfjl,ABCDK")])
    func classes(text: String) throws {
        let groups = text.split(separator: ",")
        let modes = try #require(ChannelModes(text))
        #expect(groups[0].utf8.allSatisfy { modes.lists.contains($0) && modes.takesParameter($0, adding: false) })
        #expect(groups[1].utf8.allSatisfy { modes.always.contains($0) && modes.takesParameter($0, adding: false) })
        #expect(
            groups[2].utf8.allSatisfy {
                modes.takesParameter($0, adding: true) && !modes.takesParameter($0, adding: false)
            })
        #expect(groups[3].utf8.allSatisfy { modes.flags.contains($0) && !modes.takesParameter($0, adding: true) })
    }

    @Test("Changes are written with as many parameters as a line takes")
    func lines() throws {
        let changes = [
            ModeChange(adding: true, mode: UInt8(ascii: "m"), parameter: nil),
            ModeChange(adding: true, mode: UInt8(ascii: "o"), parameter: "a"),
            ModeChange(adding: false, mode: UInt8(ascii: "v"), parameter: "b"),
            ModeChange(adding: false, mode: UInt8(ascii: "n"), parameter: nil),
            ModeChange(adding: true, mode: UInt8(ascii: "v"), parameter: "c"),
        ]
        let channel = try #require(MiddleParameter("#c"))
        func texts(_ perLine: Int) -> [String]? {
            ModeChange.lines(changes, channel: channel, perLine: perLine)?.map(\.text)
        }
        #expect(texts(3) == ["MODE #c +mo-vn+v a b c"])
        #expect(texts(2) == ["MODE #c +mo-vn a b", "MODE #c +v c"])
        #expect(texts(1) == ["MODE #c +mo a", "MODE #c -vn b", "MODE #c +v c"])
    }
}
