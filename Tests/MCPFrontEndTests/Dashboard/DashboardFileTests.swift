import Foundation
import NIOCore
import Testing

@testable import MCPFrontEnd

/// The files of the dashboard that are in the program against those that people write.
@Suite struct DashboardFileTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/MCPFrontEnd/Dashboard/Assets")

    @Test("The program has the files as they are written")
    func current() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(names) == Set(DashboardFile.all.map(\.name)))
        for file in DashboardFile.all {
            let written = try Data(contentsOf: Self.folder.appending(path: file.name))
            #expect(file.bytes.readableBytesView.elementsEqual(written), "\(file.name)")
        }
    }

    @Test("Each file has a media type and a tag of its own")
    func kinds() {
        #expect(DashboardFile.named("main.js")?.mediaType == "text/javascript; charset=utf-8")
        #expect(DashboardFile.named("index.html")?.mediaType == "text/html; charset=utf-8")
        #expect(!DashboardFile.all.contains { $0.mediaType == "application/octet-stream" })
        #expect(Set(DashboardFile.all.map(\.tag)).count == DashboardFile.all.count)
        #expect(DashboardFile.named("nothing.js") == nil && DashboardFile.named("") == nil)
    }

    @Test("No file makes markup of text, runs text, or asks anybody else")
    func harmless() {
        for file in DashboardFile.all {
            let text = String(buffer: file.bytes)
            for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "new Function", "document.write"] {
                #expect(!text.contains(word), "\(file.name): \(word)")
            }
            let addresses = text.components(separatedBy: "://").dropLast().map { $0.suffix(5) }
            #expect(addresses.allSatisfy { $0.hasSuffix("http") } && addresses.count <= 1, "\(file.name)")
            #expect(!text.contains("style=") && !text.contains(" onclick="), "\(file.name)")
        }
    }
}
