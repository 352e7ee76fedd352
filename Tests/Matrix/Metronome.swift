import Dispatch
import ServerRig
import Synchronization

/// Calls a function again and again at a steady pace.
final class Metronome: Sendable {
    private let isOn = Mutex(true)
    private let pause: Duration
    private let beat: @Sendable () -> Void

    init(every pause: Duration, _ beat: @escaping @Sendable () -> Void) {
        self.pause = pause
        self.beat = beat
        goOn()
    }

    func stop() { isOn.withLock { $0 = false } }

    private func goOn() {
        guard isOn.withLock({ $0 }) else { return }
        beat()
        DispatchQueue.global().asyncAfter(deadline: .now() + pause.seconds) { self.goOn() }
    }
}
