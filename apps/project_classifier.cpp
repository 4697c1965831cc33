// SPDX-License-Identifier: BSL-1.0
#include "project_classifier.hpp"

#include "input_file.hpp"
#include "voxstitch/ilastik/classifier.hpp"

namespace app {

voxstitch::ilastik::project open_project(std::string const& path) {
  return as_input([&] { return voxstitch::ilastik::read_project(path); });
}

voxstitch::models::any_block_classifier classifier_of(voxstitch::ilastik::project const& project,
                                                      voxstitch::volume_description const& image) {
  return voxstitch::models::any_block_classifier(
      voxstitch::ilastik::make_classifier(project, image));
}

voxstitch::coord<3> halo_of(voxstitch::ilastik::project const& project) {
  return voxstitch::ilastik::halo_of(project);
}

}  // namespace app
