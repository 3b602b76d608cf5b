// SPDX-License-Identifier: MIT
// The demo: real keys on a ring. A node joins, one leaves, one crashes. Only the expected keys move, and none is lost.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <quoit/kv_map.hpp>
#include <quoit/ring.hpp>

#include "demo/check.hpp"
#include "demo/input.hpp"
#include "demo/options.hpp"
#include "demo/output_file.hpp"
#include "demo/picture.hpp"
#include "demo/progress.hpp"
#include "demo/terminal.hpp"
#include "demo/text.hpp"
#include "demo/utf8.hpp"

#if !defined(QUOIT_DEMO_DATA)
#define QUOIT_DEMO_DATA "debian-packages.tsv"
#endif

namespace {

using demo::counted;
using demo::grouped;
using clock_type = std::chrono::steady_clock;

/// The time in milliseconds. Only times differ from run to run in the output.
std::string passed(clock_type::time_point start, clock_type::time_point end) {
  return demo::decimal(std::chrono::duration<double, std::milli>(end - start).count(), 1) + " ms";
}

std::string percent(quoit::share share) { return demo::decimal(share.fraction() * 100, 2) + "%"; }

using paint = demo::terminal::paint;

class show {
 public:
  show(const demo::options& options, const demo::terminal& screen, const demo::progress& progress)
      : options_(options), screen_(screen), progress_(progress) {
    for (const auto& [name, weight] : options.names) {
      nodes_.push_back(name);
      weights_[name] = weight;
    }
  }

  /// Returns whether all checks passed.
  bool run(const std::vector<demo::record>& records, const demo::output_file& picture_file) {
    quoit::ring<> ring;
    for (std::size_t i = 0; i < options_.nodes; ++i) ring.add(nodes_[i], {.weight = weights_.at(nodes_[i])});
    demo::kv map(ring, {.replicas = options_.replicas});

    const std::string title =
        counted(records.size(), "key", "keys") + " on a ring of " + counted(options_.nodes, "node", "nodes");
    const std::string copies = counted(options_.replicas, "copy", "copies") + " of every key" +
                               (options_.replicas < options_.nodes ? "" : " (or as many as there are nodes)");
    std::printf("%s\n%s\n", in(paint::strong, title + ", " + copies).c_str(), ring.spec().c_str());

    load(map, records);
    step(map, demo::change::join, nodes_.back());
    step(map, demo::change::leave, nodes_[0]);
    if (options_.nodes > 1) {
      step(map, demo::change::crash, nodes_[1]);
    } else {
      heading("4. No node crashes: " + demo::cut(nodes_[1], 24, screen_.dots()) +
              " is the only node left, and no other could hold a copy");
    }

    const std::string subtitle = grouped(static_cast<std::size_t>(quoit::default_vnodes)) + " virtual nodes each, " +
                                 copies + ". Bright arcs changed their owner in that step, pale arcs did not.";
    picture_file.write(demo::picture(title, subtitle, nodes_, scenes_).draw());
    const bool good = summary();
    std::printf("picture: %s\n", demo::printable(picture_file.path().string()).c_str());
    return good;
  }

 private:
  void load(demo::kv& map, const std::vector<demo::record>& records) {
    const auto start = clock_type::now();
    for (const demo::record& line : records) {
      progress_.at("loading", all_.size(), records.size());
      demo::expectation one{line, line.line};
      one.create_index = one.modify_index = map.put(line.key, std::string(line.value), one.flags);
      all_.push_back(one);
    }
    // Every tenth key is written again, so that some entries have different create and modify indexes.
    for (std::size_t i = 0; i < all_.size(); i += 10) {
      demo::expectation& one = all_[i];
      one.modify_index = map.cas(one.line.key, std::string(one.line.value), one.modify_index, one.flags).index;
    }
    const auto end = clock_type::now();
    progress_.clear();
    heading("1. Load");
    const auto bars = bars_of(map, {});
    demo::print_bars(bars, false, screen_);
    print_row("max / mean", demo::decimal(demo::max_over_mean(bars), 3));
    print_digest(map);
    print_row("time", passed(start, end));
    std::fflush(stdout);  // so that a pipe gets each step at once, too
    scenes_.push_back({"Load", "", counted(records.size(), "key", "keys"), {}, {}, {}, map.placement_now(), bars, {}});
  }

  void step(demo::kv& map, demo::change what, const std::string& node) {
    static constexpr const char* verbs[] = {" joins", " leaves", " crashes"};
    static constexpr const char* details[] = {"", " in good order", " with all it holds"};
    const std::string name = demo::cut(node, 24, screen_.dots()) + verbs[static_cast<std::size_t>(what)];
    const std::string title = name + details[static_cast<std::size_t>(what)];
    const auto before = map.placement_now();
    const auto bars_before = bars_of(map, {});

    progress_.at(title.c_str(), 0, 100);
    const auto start = clock_type::now();
    const auto report = what == demo::change::join    ? map.join(node, {.weight = weights_.at(node)})
                        : what == demo::change::leave ? map.leave(node)
                                                      : map.fail(node);
    const auto end = clock_type::now();
    const auto after = map.placement_now();
    if (what != demo::change::join) gone_.emplace_back(node, what == demo::change::leave ? "(left)" : "(crashed)");
    const auto seen = demo::observe(map, *before, *after, options_.replicas, what, node, nodes_, all_, progress_);
    progress_.clear();

    heading(std::to_string(scenes_.size() + 1) + ". " + title);
    const auto bars = bars_of(map, bars_before);
    demo::print_bars(bars, true, screen_);
    std::size_t copies = 0;
    for (const demo::bar& one : bars_before) copies += one.copies;
    print_row("max / mean", demo::decimal(demo::max_over_mean(bars), 3));
    print_row("keys moved", grouped(report.moved_keys) + " of " + grouped(report.keys) + " (" +
                                percent(quoit::share::ratio(report.moved_keys, report.keys)) + ") got another primary");
    print_row("", "least possible " + grouped(seen.minimum_keys) + "; hash % n would have moved " +
                      percent(quoit::share::ratio(seen.modulo_keys, report.keys)));
    print_row("circle moved", quoit::to_string(report.moved_share) + "; least possible " +
                                  quoit::to_string(report.minimum_share) + "; with equal loads " +
                                  quoit::to_string(report.ideal_share));
    print_row("copies moved", grouped(report.moved_copies) + " of " + grouped(copies) + "; least possible " +
                                  grouped(report.minimum_copies));
    print_row("examined", counted(report.examined, "entry", "entries") + " to find those that move");
    demo::print_transfers(report.transfers, screen_);
    print_row("lost", report.lost.empty() ? "nothing"
                                          : counted(report.lost.size(), "key", "keys") + " that only " +
                                                demo::cut(node, 24, screen_.dots()) + " held, " +
                                                demo::in_quotes(report.lost.front(), 30) + " the first");
    print_digest(map);
    print_row("time", passed(start, end));
    std::fflush(stdout);  // so that a pipe gets each step at once, too

    judge(title, report, seen);
    lost_ += report.lost.size();
    moved_ += report.moved_copies;
    // A lost key does not count as moved.
    const std::string subtitle = grouped(report.lost.empty() ? report.moved_keys : report.lost.size()) + " of " +
                                 counted(report.keys, "key", "keys") + (report.lost.empty() ? " moved" : " lost");
    scenes_.push_back({node,
                       verbs[static_cast<std::size_t>(what)],
                       subtitle,
                       percent(report.moved_share),
                       percent(report.minimum_share),
                       {quoit::share::ratio(report.moved_keys, report.keys).fraction(),
                        quoit::share::ratio(seen.minimum_keys, report.keys).fraction(),
                        quoit::share::ratio(seen.modulo_keys, report.keys).fraction()},
                       after,
                       bars,
                       report.transfers});
  }

  // Compares the map's report with the counts from the keys.
  void judge(const std::string& title, const demo::kv::report_type& report, const demo::observation& seen) {
    const auto expect = [&](bool good, const std::string& what) {
      if (!good) errors_.push_back(title + ": " + what);
    };
    expect(seen.unnecessary == 0, counted(seen.unnecessary, "key", "keys") + " moved unnecessarily");
    expect(seen.altered == 0, counted(seen.altered, "key", "keys") + " missing or altered on their nodes");
    expect(seen.surplus == 0, counted(seen.surplus, "copy", "copies") + " on nodes that must not hold them");
    expect(seen.moved_keys == seen.minimum_keys, "more keys moved than necessary");
    expect(seen.moved_copies == seen.minimum_copies, "more copies moved than necessary");
    expect(report.moved_keys == seen.moved_keys && report.moved_copies == seen.moved_copies &&
               report.minimum_copies == seen.minimum_copies,
           "the report differs from what moved");
    expect(report.moved_share == report.minimum_share, "more of the circle moved than necessary");
    expect(report.lost.size() == seen.lost, "keys were lost although another node held a copy");
  }

  void print_digest(const demo::kv& map) {
    const auto is = demo::digest_of(map), expected = demo::digest_of(all_);
    const bool good = is == expected;
    const char* verdict = "";
    if (!good) verdict = "  DIFFERENT";
    else if (!scenes_.empty()) verdict = is == digest_ ? "  as before" : "  correct without the lost keys";
    print_row("digest", is.text() + verdict);
    if (!good) errors_.push_back("the digest is " + is.text() + " and should be " + expected.text());
    digest_ = is;
  }

  // Returns whether all checks passed.
  bool summary() const {
    heading("Summary");
    constexpr std::size_t width = 17;
    std::printf("%s\n", in(paint::soft,
                           "  " + demo::padded("keys", width) + "    moved  least possible  hash % n would have moved")
                            .c_str());
    for (std::size_t i = 1; i < scenes_.size(); ++i) {
      const auto& [moved, minimum, modulo] = scenes_[i].keys;
      const std::string name = demo::padded(scenes_[i].title(width, screen_.dots()), width);
      std::printf("  %s  %s  %s  %s\n", name.c_str(), in(paint::more, column(moved, 7)).c_str(),
                  column(minimum, 14).c_str(), in(paint::less, column(modulo, 25)).c_str());
    }
    for (const std::string& error : errors_) std::printf("%s\n", in(paint::bad, "WRONG: " + error).c_str());
    if (!errors_.empty()) return false;
    const std::string all = counted(all_.size(), "key", "keys");
    if (lost_ == 0) {
      std::printf("%s: %s with value, flags and indexes as loaded\n", in(paint::good, "nothing lost").c_str(),
                  all.c_str());
    } else {
      const std::string lost = counted(lost_, "key", "keys") + " lost";
      std::printf("%s with the node that held the only copy (--replicas 2 keeps them)\nthe other %s as loaded\n",
                  in(paint::bad, lost).c_str(), grouped(all_.size() - lost_).c_str());
    }
    std::printf("%s: %s moved from node to node, the least possible\n", in(paint::good, "no unnecessary moves").c_str(),
                counted(moved_, "copy", "copies").c_str());
    return true;
  }

  [[nodiscard]] std::string in(paint how, const std::string& text) const { return screen_.in(how, text); }
  void heading(const std::string& text) const { std::printf("\n%s\n", in(paint::strong, text).c_str()); }
  void print_row(const char* name, const std::string& value) const {
    std::printf("  %s %s\n", in(paint::soft, demo::padded(name, 16)).c_str(), value.c_str());
  }
  static std::string column(double part, std::size_t width) {
    const std::string text = demo::decimal(part * 100, 2) + '%';
    return std::string(text.size() < width ? width - text.size() : 0, ' ') + text;
  }

  // One bar for each present and former node.
  std::vector<demo::bar> bars_of(const demo::kv& map, const std::vector<demo::bar>& before) const {
    std::vector<demo::bar> bars;
    for (const auto& [node, copies] : map.copies_per_node()) bars.push_back({node, copies, 0, {}, weights_.at(node)});
    for (const auto& [node, note] : gone_) bars.push_back({node, 0, 0, note, weights_.at(node)});
    std::sort(bars.begin(), bars.end(), [](const auto& a, const auto& b) { return a.node < b.node; });
    for (demo::bar& one : bars) {
      for (const demo::bar& old : before) {
        if (old.node == one.node) one.copies_before = old.copies;
      }
    }
    return bars;
  }

  demo::options options_;
  demo::terminal screen_;
  const demo::progress& progress_;
  std::vector<std::string> nodes_;
  std::map<std::string, std::int64_t> weights_;
  std::vector<std::pair<std::string, std::string>> gone_;  // former nodes, each with a note
  std::vector<demo::expectation> all_;
  std::vector<demo::scene> scenes_;
  std::vector<std::string> errors_;
  demo::digest digest_;
  std::size_t lost_ = 0, moved_ = 0;
};

int run(int argc, char** argv) {
  const demo::options options = demo::parse_options(argc, argv, QUOIT_DEMO_DATA);
  if (options.help) {
    std::fwrite(demo::help_text.data(), 1, demo::help_text.size(), stdout);
    return 0;
  }
  // All errors in the input are found before the first line is printed.
  const demo::progress progress;
  const demo::input_file input = demo::read_input(options.file, progress);
  const demo::output_file picture = demo::picture_place(options.picture, options.file);
  return show(options, demo::terminal::of(demo::terminal::stream::output), progress).run(input.records, picture) ? 0
                                                                                                                 : 1;
}

// Prints an error as one line, even if a file name has control characters.
int complain(const std::string& what) {
  std::string line = what;
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  std::fprintf(stderr, "%s\n", line.c_str());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int result = run(argc, argv);
    if (std::fflush(stdout) != 0) return complain("standard output: cannot be written: " + demo::errno_text());
    return result;
  } catch (const std::exception& error) {
    std::fflush(stdout);
    return complain(error.what());
  }
}
