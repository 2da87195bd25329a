import MCPUpstream
import NIOCore
import NIOEmbedded
import Testing

@testable import MCPFrontEnd

@Suite struct LazyTimerTests {
    private final class Scene {
        let loop = EmbeddedEventLoop()
        var rings = 0
        private(set) lazy var timer = LazyTimer(on: loop) { [unowned self] in rings += 1 }

        func pass(_ milliseconds: Int64) { loop.advanceTime(by: .milliseconds(milliseconds)) }
    }

    @Test("It goes off once, when its time has come and not before")
    func once() {
        let scene = Scene()
        scene.timer.set(.milliseconds(100))
        scene.pass(99)
        #expect(scene.rings == 0)
        scene.pass(1)
        #expect(scene.rings == 1)
        scene.pass(1_000)
        #expect(scene.rings == 1)
    }

    @Test("Set again, it goes by the new time, be that later or earlier")
    func again() {
        let scene = Scene()
        scene.timer.set(.milliseconds(100))
        scene.pass(50)
        scene.timer.set(.milliseconds(100))
        scene.pass(99)
        #expect(scene.rings == 0)
        scene.pass(1)
        #expect(scene.rings == 1)
        scene.timer.set(.milliseconds(1_000))
        scene.timer.set(.milliseconds(10))
        scene.pass(10)
        #expect(scene.rings == 2)
        scene.pass(2_000)
        #expect(scene.rings == 2)
    }

    @Test("Stopped, it stays silent, and can be set again before and after its old time")
    func stopped() {
        let scene = Scene()
        scene.timer.set(.milliseconds(100))
        scene.timer.stop()
        scene.pass(50)
        scene.timer.set(.milliseconds(100))
        scene.pass(99)
        #expect(scene.rings == 0)
        scene.pass(1)
        #expect(scene.rings == 1)
        scene.timer.set(.milliseconds(10))
        scene.timer.stop()
        scene.pass(100)
        scene.timer.set(.milliseconds(10))
        scene.pass(10)
        #expect(scene.rings == 2)
    }

    @Test("Cancelled, it leaves nothing on the event loop that would keep it alive")
    func cancelled() {
        let scene = Scene()
        weak var timer: LazyTimer?
        do {
            let lazy = LazyTimer(on: scene.loop) { scene.rings += 1 }
            lazy.set(.milliseconds(10))
            lazy.cancel()
            timer = lazy
        }
        #expect(timer == nil)
        scene.pass(100)
        #expect(scene.rings == 0)
    }
}
