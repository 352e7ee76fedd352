import Testing

@testable import Basics

struct RareTests {
    @Test func `A rare value takes one pointer in its owner, and copies of it are independent`() {
        #expect(MemoryLayout<Rare<(Int, Int, Int, Int)>>.size == MemoryLayout<Int>.size)
        var one = Rare<[Int]>()
        #expect(one.isEmpty)
        one.value = [1]
        var other = one
        other.value?.append(2)
        #expect(one.value == [1])
        #expect(other.value == [1, 2])
        one.value = nil
        #expect(one.isEmpty)
        #expect(!other.isEmpty)
    }
}
