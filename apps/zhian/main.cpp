// Options and wiring, nothing else.
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <thread>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "demo/demo.hpp"
#include "desk/import.hpp"
#include "desk/room_face.hpp"
#include "digital_link_command.hpp"
#include "figures/figures.hpp"
#include "house/backup.hpp"
#include "house/house.hpp"
#include "house/rooms.hpp"
#include "http/server.hpp"
#include "http/static_files.hpp"
#include "jobs/outbox.hpp"
#include "law_commands.hpp"
#include "room_commands.hpp"
#include "trace_commands.hpp"

namespace json = boost::json;
using namespace zhian;

namespace {

// Exit codes of docs: 0 done, 1 failed, 2 wrong usage, 3 partly done.
int Fail(const Error& error) {
  std::cerr << error.message.Text() << "\n";
  for (const FieldError& field : error.fields) std::cerr << field.pointer << ": " << field.message.Text() << "\n";
  return 1;
}

// A start touches some three hundred pages of memory for the first time, and each would be a fault of its own: they are
// asked for at once. Where the kernel does not know the request, nothing is lost but the gain.
void ReadyMemory() {
  constexpr int kBytes = 2 << 20;
  mallopt(M_TOP_PAD, kBytes);
  mallopt(M_MMAP_THRESHOLD, kBytes);
#ifdef MADV_POPULATE_WRITE
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto end = [page] { return reinterpret_cast<std::uintptr_t>(sbrk(0)) / page * page; };
  const auto before = end();
  std::free(std::malloc(kBytes / 2));  // the heap grows by this and the padding; another allocator's does not
  if (const auto after = end(); after > before)
    madvise(reinterpret_cast<void*>(before), after - before, MADV_POPULATE_WRITE);
#endif
}

std::string DefaultPolicy() {
  std::error_code error;
  const auto beside = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const auto& folder : {beside / "policy", beside / "../policy", beside / "../share/zhian/policy"})
    if (std::filesystem::exists(folder / "current", error)) return std::filesystem::weakly_canonical(folder).string();
  return "policy";
}

int Serve(const house::HouseOptions& options, const std::string& listen) {
  auto house = house::House::Open(options);
  if (!house.ok()) return Fail(house.error());
  desk::App& app = (*house)->app();
  const auto colon = listen.rfind(':');
  http::ServerOptions server_options;
  server_options.address = listen.substr(0, colon);
  server_options.port = static_cast<std::uint16_t>(std::atoi(listen.substr(colon + 1).c_str()));
  server_options.access_log = [](std::string_view line) { base::LogLine(line); };
  server_options.error_log = [](std::string_view message) { base::LogError(message); };
  http::Router router;
  http::Metrics metrics;
  std::atomic<std::size_t> clock_faults{0};
  metrics.AddCallback("zhian_clock_faults",
                      "Matters at which the work of the clock fails now; see the table clock_fault and the log",
                      "gauge", [&clock_faults] { return static_cast<double>(clock_faults.load()); });
  if (const Status added = desk::AddRoutes(app, router); !added.ok()) return Fail(added.error());
  const auto answer = [](const char* text) {
    return [text](const http::Request&) { return http::Response::Text(200, text); };
  };
  for (const auto& [path, text] : {std::pair{"/healthz", "ok\n"}, {"/readyz", "ready\n"}})
    if (const Status added = router.Add(http::Method::kGet, path, answer(text), {.id = path}); !added.ok())
      return Fail(added.error());
  if (const Status added = router.Add(
          http::Method::kGet, "/metrics",
          [&metrics](const http::Request&) { return http::Response::Text(200, metrics.Render()); }, {.id = "metrics"});
      !added.ok())
    return Fail(added.error());
  const http::StaticFiles files(http::EmbeddedWebFiles(), {.index = "index.html", .is_page = [](std::string_view path) {
                                                             return !path.starts_with("/api/") &&
                                                                    !path.starts_with("/public") &&
                                                                    !path.starts_with("/ledger/") &&
                                                                    path.find('.') == std::string_view::npos;
                                                           }});
  router.SetFallback(files.AsFallback());
  metrics.Prepare(router);
  http::Server server(server_options, router, metrics);
  if (const Status started = server.Start(); !started.ok()) return Fail(started.error());
  // The clock's own work: every few seconds on a running system; in a demonstration it is done as the clock is set
  // forward.
  std::jthread due([&app, &clock_faults](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!app.clock.CanAdvance()) {
        if (const auto moved = app.engine.RunDue(); !moved.ok())
          base::LogError("due work failed", {{"error", moved.error().message.Text()}});
        const Status counted = app.database.Read([&](storage::Connection& db) -> Status {
          ZHIAN_ASSIGN(const auto faults, procedure::LoadClockFaults(db));
          clock_faults = faults.size();
          return Ok();
        });
        if (!counted.ok())
          base::LogError("faults of the clock not counted", {{"error", counted.error().message.Text()}});
      }
      for (int i = 0; i < 20 && !stop.stop_requested(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(250));
    }
  });
  // Notices go out beside: a slow receiver holds up nothing but other notices.
  const auto outbox_options = jobs::LoadOutboxOptions(options.data);
  if (!outbox_options.ok()) return Fail(outbox_options.error());
  std::jthread notices([&app, &outbox_options](const std::stop_token& stop) {
    jobs::Outbox outbox(app.database, app.real_clock, *outbox_options,
                        jobs::NetworkSender(app.real_clock, outbox_options->timeout));
    while (!stop.stop_requested() && !outbox_options->channels.empty()) {
      if (const auto sent = outbox.Deliver(); !sent.ok())
        base::LogError("notices could not be sent", {{"error", sent.error().message.Text()}});
      else if (sent->failed + sent->given_up > 0)
        base::LogError("receivers of notices failed",
                       {{"failed", std::to_string(sent->failed)}, {"given_up", std::to_string(sent->given_up)}});
      for (int i = 0; i < 8 && !stop.stop_requested(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(250));
    }
  });
  // What the rooms do beside requests: search index, graph of movements, standing queries.
  std::vector<std::jthread> workers;
  for (const desk::RoomFace* room : app.rooms)
    for (const desk::Worker& worker : room->workers)
      workers.emplace_back(
          [&app, &outbox_options, &worker](const std::stop_token& stop) { worker.run(app, *outbox_options, stop); });
  std::cout << "Zhian is ready at http://" << server_options.address << ":" << server.port() << std::endl;
  server.RunUntilSignal();
  return 0;
}

int Import(const house::HouseOptions& options, const std::string& kind, const std::string& file, bool dry_run,
           const std::string& report_file) {
  auto house = house::House::Open(options);
  if (!house.ok()) return Fail(house.error());
  desk::App& app = (*house)->app();
  const auto bytes = base::ReadFile(file, std::size_t{256} << 20);
  if (!bytes.ok()) return Fail(bytes.error());
  procedure::Actor actor;
  actor.account_id = "command-line";
  actor.name = "命令行导入";
  for (const char* role : {"administrator", "licence_officer", "equipment_officer", "standards_officer"})
    actor.roles.push_back({role, app.district_root, "", "", ""});
  const auto report = desk::ImportTable(app, actor, kind, *bytes, {.dry_run = dry_run});
  if (!report.ok()) return Fail(report.error());
  for (const auto& e : report->errors)
    std::cerr << file << ":" << e.row << ": " << e.column << (e.column.empty() ? "" : ": ") << e.message.Text() << "\n";
  if (!report_file.empty()) std::ofstream(report_file) << desk::ReportCsv(*report, Language::kSimplified);
  std::cout << json::serialize(json::object{{"rows", report->rows},
                                            {"accepted", report->accepted},
                                            {"refused", report->refused},
                                            {"duplicates", report->duplicates},
                                            {"dry_run", dry_run}})
            << "\n";
  if (report->refused == 0) return 0;
  return report->accepted > 0 && !dry_run ? 3 : 1;
}

int LedgerCommand(const house::HouseOptions& options, const std::string& what, const std::string& checkpoint,
                  std::int64_t index) {
  auto house = house::House::Open(options);
  if (!house.ok()) return Fail(house.error());
  desk::App& app = (*house)->app();
  int code = 0;
  const Status done = app.database.Read([&](storage::Connection& db) -> Status {
    if (what == "head") {
      ZHIAN_ASSIGN(const auto note, ledger::Checkpoint(db, app.signer));
      std::cout << note;
    } else if (what == "prove") {
      ZHIAN_ASSIGN(const auto entry, ledger::ReadEntry(db, index));
      ZHIAN_ASSIGN(const auto proof, ledger::ProveInclusion(db, static_cast<std::uint64_t>(index)));
      ZHIAN_ASSIGN(const auto note, ledger::Checkpoint(db, app.signer));
      json::array path;
      for (const auto& hash : proof.proof) path.push_back(json::value(ledger::HexOf(hash)));
      std::cout << json::serialize(json::object{
                       {"index", index}, {"entry", entry.text}, {"inclusion", std::move(path)}, {"checkpoint", note}})
                << "\n";
    } else {
      ledger::VerifyOptions verify;
      verify.tables = house::House::LedgeredTables();
      verify.verifier = &app.signer.verifier();
      verify.check_attachment = [&app](std::string_view digest) { return app.attachments.Check(digest); };
      if (!checkpoint.empty()) {
        ZHIAN_ASSIGN(auto note, base::ReadFile(checkpoint, 100'000));
        verify.earlier_checkpoints.push_back(std::move(note));
      }
      ZHIAN_ASSIGN(const auto report, ledger::Verify(db, verify));
      for (const auto& finding : report.findings)
        std::cerr << "entry " << finding.index << (finding.table.empty() ? "" : " " + finding.table + " " + finding.key)
                  << ": " << finding.message << "\n";
      std::cout << json::serialize(json::object{{"entries", report.entries},
                                                {"erased", report.erased},
                                                {"rows", report.rows},
                                                {"attachments", report.attachments},
                                                {"root", ledger::HexOf(report.root)},
                                                {"ok", report.ok()}})
                << "\n";
      code = report.ok() ? 0 : 1;
    }
    return Ok();
  });
  return done.ok() ? code : Fail(done.error());
}

int Procedures(const std::string& dot, bool as_json) {
  if (!dot.empty()) {
    const auto* kind = procedure::FindKind(dot);
    if (kind == nullptr) return Fail(MakeError(ErrorCode::kNotFound, "no such kind: " + dot));
    std::cout << "digraph " << kind->id << " {\n  rankdir=LR;\n";
    for (const auto& state : kind->states)
      std::cout << "  " << state.id << " [label=\"" << state.label.zh_hans << "\""
                << (state.terminal ? ", peripheries=2" : "") << "];\n";
    for (const auto& t : kind->transitions)
      std::cout << "  " << (t.from.empty() ? "start" : t.from) << " -> " << t.to << " [label=\"" << t.label.zh_hans
                << "\"];\n";
    std::cout << "}\n";
    return 0;
  }
  json::array list;
  for (const auto& kind : procedure::Kinds()) {
    if (!as_json) {
      std::cout << (kind.live ? "live  " : "      ") << kind.room << "  " << kind.id << "  " << kind.label.zh_hans
                << "  " << kind.states.size() << " states, " << kind.transitions.size() << " rows\n";
      continue;
    }
    json::array states, transitions;
    for (const auto& state : kind.states)
      states.push_back(json::object{{"id", state.id}, {"label", state.label.zh_hans}, {"terminal", state.terminal}});
    for (const auto& t : kind.transitions) {
      json::array who, guards;
      for (const auto role : t.who) who.push_back(json::value(role));
      for (const auto guard : t.guards) guards.push_back(json::value(guard));
      transitions.push_back(json::object{{"from", t.from},
                                         {"action", t.action},
                                         {"to", t.to},
                                         {"who", std::move(who)},
                                         {"guards", std::move(guards)},
                                         {"document", t.document}});
    }
    list.push_back(json::object{{"kind", kind.id},
                                {"room", kind.room},
                                {"live", kind.live},
                                {"states", std::move(states)},
                                {"transitions", std::move(transitions)}});
  }
  if (as_json) std::cout << json::serialize(list) << "\n";
  return 0;
}

// Makes a data folder, whole or not at all: what a full disk leaves behind would only stand in the way of the next try.
int Make(const house::HouseOptions& options, const std::function<Status(desk::App&)>& fill) {
  Error fault = MakeError(ErrorCode::kInternal, "");
  {
    auto house = house::House::Open(options);
    if (house.ok()) {
      const Status filled = fill((*house)->app());
      if (filled.ok()) return 0;
      fault = filled.error();
    } else {
      fault = house.error();
      if (fault.code == ErrorCode::kConflict) return Fail(fault);  // the folder is somebody's: nothing of it is touched
    }
  }
  std::error_code ignored;
  for (const char* name : {"zhian.db", "zhian.db-wal", "zhian.db-shm", "ledger.key", "identity.key"})
    std::filesystem::remove(std::filesystem::path(options.data) / name, ignored);
  return Fail(fault);
}

int Figures(bool as_json) {
  json::array list;
  for (const auto& figure : figures::Catalogue()) {
    if (as_json)
      list.push_back(json::object{{"id", figure.id}, {"name", figure.zh_hans}, {"live", figures::IsLive(figure.id)}});
    else
      std::cout << (figures::IsLive(figure.id) ? "live  " : "      ") << figure.id << "  " << figure.zh_hans << "\n";
  }
  if (as_json) std::cout << json::serialize(list) << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  ReadyMemory();
  CLI::App cli{"Zhian 质安: the system a district runs to keep products and food safe"};
  cli.require_subcommand(1);
  house::HouseOptions options;
  options.policy = DefaultPolicy();
  const auto data = [&](CLI::App* command) {
    command->add_option("--data", options.data, "Data folder")->required();
    command->add_option("--policy", options.policy, "Policy packs")->capture_default_str();
    return command;
  };
  int code = 0;
  std::string listen = "127.0.0.1:8080", kind, file, report, checkpoint, what, dot;
  std::int64_t index = 0;
  bool dry_run = false, as_json = false;

  auto* serve = data(cli.add_subcommand("serve", "Serve the API, the web interface and the portal"));
  serve->add_option("--database", options.database_url, "sqlite:FILE (default: in the data folder)");
  serve->add_option("--listen", listen, "ADDR:PORT")->capture_default_str()->check([](const std::string& text) {
    return text.find(':') == std::string::npos ? std::string("ADDR:PORT, for example 127.0.0.1:8080") : std::string();
  });
  serve->callback([&] {
    options.public_origin = "http://" + listen;
    code = Serve(options, listen);
  });
  auto* init = data(cli.add_subcommand("init", "Make an empty data folder and its first administrator"));
  init->callback([&] {
    options.make = true;
    code = Make(options, [](desk::App& app) -> Status {
      ZHIAN_ASSIGN(const auto password, demo::MakeFirstAdministrator(app));
      std::cout << "administrator: admin\none-time password: " << password << "\n";
      return Ok();
    });
  });
  auto* demo_command = data(cli.add_subcommand("demo", "Load the demonstration district into an empty folder"));
  demo_command->callback([&] {
    options.make = options.demo = true;
    code = Make(options, &demo::LoadDistrict);
    if (code == 0) std::cout << "The demonstration district is ready in " << options.data << "\n";
  });
  auto* import = data(cli.add_subcommand("import", "Import a registry (CSV, XLSX)"));
  import->add_option("kind", kind, "operators, premises, products, permits, certifications, equipment, people, samples")
      ->required();
  import->add_option("file", file, "CSV (UTF-8 or GB18030) or XLSX, with a header")->required();
  import->add_flag("--dry-run", dry_run, "Check everything, store nothing");
  import->add_option("--report", report, "Where to write the refused rows");
  import->callback([&] { code = Import(options, kind, file, dry_run, report);
});
commands::AddDigitalLinkCommand(cli, code);
commands::AddTraceCommands(cli, code);
commands::AddLawCommands(cli, options.policy, code);
auto* ledger_command = cli.add_subcommand("ledger", "The tamper-evident log");
ledger_command->require_subcommand(1);
for (const char* name : {"head", "verify", "prove"}) {
  auto* sub =
      data(ledger_command->add_subcommand(name, std::string(name) == "head"     ? "The signed checkpoint"
                                                : std::string(name) == "verify" ? "Check the log and all that it covers"
                                                                                : "Prove one entry"));
  if (std::string(name) == "verify")
    sub->add_option("--checkpoint", checkpoint, "An earlier checkpoint kept elsewhere");
  if (std::string(name) == "prove") sub->add_option("index", index, "Entry, from 0")->required();
  sub->callback([&, name] { code = LedgerCommand(options, name, checkpoint, index); });
}
auto* backup = data(cli.add_subcommand("backup", "One file with everything of the folder, made while it is in use"));
backup->add_option("file", file, "Target file")->required();
backup->callback([&] {
  auto house = house::House::Open(options);
  if (!house.ok()) {
    code = Fail(house.error());
    return;
  }
  if (const Status done = house::WriteBackup((*house)->app().database, options.data, file); !done.ok())
    code = Fail(done.error());
});
auto* restore = data(cli.add_subcommand("restore", "Make a data folder from a backup"));
restore->add_option("file", file, "Backup")->required();
restore->callback([&] {
  if (const Status done = house::RestoreBackup(file, options.data); !done.ok()) code = Fail(done.error());
});
auto* procedures = cli.add_subcommand("procedures", "Every procedure as a table");
procedures->add_option("--dot", dot, "One kind as a diagram (Graphviz)");
procedures->add_flag("--json", as_json);
procedures->callback([&] { code = Procedures(dot, as_json); });
cli.add_subcommand("openapi", "The description of the HTTP interface (OpenAPI 3.1), as /api/openapi.json has it")
    ->callback([&] { std::cout << desk::OpenApi(desk::Routes(house::Rooms())) << "\n"; });
auto* figures = cli.add_subcommand("figures", "The catalogue of figures");
figures->require_subcommand(1);
auto* list = figures->add_subcommand("list", "Every figure");
list->add_flag("--json", as_json);
list->callback([&] { code = Figures(as_json); });
commands::AddRoomCommands(cli, options, code);
try {
  cli.parse(argc, argv);
} catch (const CLI::ParseError& error) {
  return cli.exit(error) == 0 ? 0 : 2;
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
return code;
}
