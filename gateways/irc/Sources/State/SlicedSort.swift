/// Sorts the numbers from 0 on, in slices: a merge sort that can be interrupted. Nobody else waits while a long list is
/// sorted.
struct SlicedSort {
    /// The number of numbers that are sorted at once before they are merged.
    private static let run = 512

    /// The numbers; in the wanted order when `isDone` is true.
    private(set) var numbers: [Int]
    private(set) var isDone: Bool
    /// The sorted runs are merged into this.
    private var merged: [Int] = []
    /// The length of the sorted runs. Zero while the first runs are being made.
    private var width = 0
    /// The beginning of the two runs that are being merged, or of the next first run.
    private var start = 0
    /// The next numbers of the two runs.
    private var left = 0
    private var right = 0

    init(count: Int) {
        numbers = Array(0..<count)
        isDone = count < 2
    }

    /// Does about that number of comparisons.
    mutating func advance(steps: Int, by areInOrder: (Int, Int) -> Bool) {
        guard !isDone else { return }
        if width == 0 { makeRuns(steps: steps, by: areInOrder) } else { merge(steps: steps, by: areInOrder) }
    }

    private mutating func makeRuns(steps: Int, by areInOrder: (Int, Int) -> Bool) {
        // Nine comparisons for each number of a run of 512.
        for _ in 0..<max(steps / (9 * SlicedSort.run), 1) where start < numbers.count {
            let end = min(start + SlicedSort.run, numbers.count)
            numbers[start..<end].sort(by: areInOrder)
            start = end
        }
        if start >= numbers.count { beginPass(width: SlicedSort.run) }
    }

    private mutating func beginPass(width: Int) {
        self.width = width
        isDone = width >= numbers.count
        merged = []
        guard !isDone else { return }
        merged.reserveCapacity(numbers.count)
        beginPair(at: 0)
    }

    private mutating func beginPair(at start: Int) {
        (self.start, left, right) = (start, start, min(start + width, numbers.count))
    }

    private mutating func merge(steps: Int, by areInOrder: (Int, Int) -> Bool) {
        for _ in 0..<steps {
            let (middle, end) = (min(start + width, numbers.count), min(start + 2 * width, numbers.count))
            if left < middle, right >= end || !areInOrder(numbers[right], numbers[left]) {
                merged.append(numbers[left])
                left += 1
            } else if right < end {
                merged.append(numbers[right])
                right += 1
            } else if end < numbers.count {
                beginPair(at: end)
            } else {
                swap(&numbers, &merged)
                return beginPass(width: 2 * width)
            }
        }
    }
}
